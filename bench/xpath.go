//go:build bench

package main

import (
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/metric"
	"github.com/influxdata/telegraf/plugins/parsers/xpath"
	"github.com/influxdata/telegraf/plugins/serializers/influx"
)

// xpathParser is Telegraf's own parser, configured for a document as its documentation says.
func xpathParser(kind string) (*xpath.Parser, error) {
	p := &xpath.Parser{Format: "xml", DefaultMetricName: "listeners", Configs: []xpath.Config{xpathConfigs[kind]}, Log: quiet{}}
	return p, p.Init()
}

var xpathConfigs = map[string]xpath.Config{
	"listmounts": {
		Selection: "//source", Tags: map[string]string{"mount": "@mount"},
		FieldsInt: map[string]string{"current": "listeners", "uptime": "Connected"},
	},
	"stats": {
		Selection: "//source", Tags: map[string]string{"mount": "@mount"},
		FieldsInt: map[string]string{
			"current": "listeners", "peak": "listener_peak", "slow": "slow_listeners", "listener_connections": "listener_connections",
			"total_bytes_read": "total_bytes_read", "total_bytes_sent": "total_bytes_sent", "incoming_bitrate": "incoming_bitrate",
			"outgoing_bitrate": "outgoing_kbitrate", "queue_size": "queue_size", "bitrate": "bitrate",
		},
		Fields: map[string]string{
			"max": "max_listeners", "start": "stream_start", "title": "title", "server_name": "server_name", "server_description": "server_description", "genre": "genre",
			"content_type": "server_type", "listen_url": "listenurl",
		},
	},
	"connectioncounts": {
		Selection: "//Stream",
		Tags:      map[string]string{"stream": "Name", "application": "../../Name", "instance": "../Name"},
		FieldsInt: map[string]string{
			"current": "SessionsTotal", "flash": "SessionsFlash", "cupertino": "SessionsCupertino", "sanjose": "SessionsSanJose", "smooth": "SessionsSmooth",
			"rtsp": "SessionsRTSP", "mpegdash": "SessionsMPEGDash",
		},
	},
}

// current adds up the field of that name.
func current(metrics []telegraf.Metric) (sum int64) {
	for _, m := range metrics {
		if v, ok := m.GetField("current"); ok {
			n, _ := v.(int64)
			sum += n
		}
	}
	return sum
}

// throughMetrics makes line protocol the way of most plugins: encoding/xml, metric.New, Telegraf's serializer. The
// points are those of this project.
func throughMetrics(kind string, doc []byte, s *influx.Serializer) (int, error) {
	var metrics []telegraf.Metric
	now := time.Now()
	add := func(name string, tags map[string]string, fields map[string]any) {
		tags["host"], tags["port"], tags["platform"] = "127.0.0.1", "8000", "icecast"
		metrics = append(metrics, metric.New(name, tags, fields, now))
	}
	if err := build(kind, doc, add); err != nil {
		return 0, err
	}
	out := 0
	for _, m := range metrics {
		line, err := s.Serialize(m)
		if err != nil {
			return 0, err
		}
		out += len(line)
	}
	return out, nil
}

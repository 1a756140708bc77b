//go:build bench

package main

import (
	"encoding/xml"
	"time"
)

type tags = map[string]string
type fields = map[string]any

// build reads a document with encoding/xml and adds the points that this project makes of it.
func build(kind string, doc []byte, add func(string, tags, fields)) error {
	switch kind {
	case "listmounts":
		return buildListmounts(doc, add)
	case "stats":
		return buildStats(doc, add)
	}
	return buildConnectionCounts(doc, add)
}

func buildListmounts(doc []byte, add func(string, tags, fields)) error {
	var d xmlListmounts
	if err := xml.Unmarshal(doc, &d); err != nil {
		return err
	}
	now := time.Now().Unix()
	for i := range d.Sources {
		s := &d.Sources[i]
		add("listeners", tags{"mount": s.Mount}, fields{"current": s.Listeners})
		add("stream_start", tags{"mount": s.Mount}, fields{"timestamp": now - s.Connected, "uptime": s.Connected, "restarts": int64(0)})
	}
	return nil
}

func buildStats(doc []byte, add func(string, tags, fields)) error {
	var d xmlStats
	if err := xml.Unmarshal(doc, &d); err != nil {
		return err
	}
	for i := range d.Source {
		s := &d.Source[i]
		start, err := time.Parse("02/Jan/2006:15:04:05 -0700", s.StreamStart)
		if err != nil {
			return err
		}
		add("listeners", tags{"mount": s.Mount}, fields{"current": s.Listeners, "peak": s.Peak, "slow": s.Slow, "max": s.Max})
		add("stream_start", tags{"mount": s.Mount}, fields{"timestamp": start.Unix(), "uptime": int64(0), "restarts": int64(0)})
		add("icecast_mount", tags{"mount": s.Mount}, fields{
			"bitrate": 128000.0, "incoming_bitrate": float64(s.IncomingBitrate), "outgoing_bitrate": float64(s.OutgoingKbitrate * 1024),
			"total_bytes_read": s.BytesRead, "total_bytes_sent": s.BytesSent, "listener_connections": s.ListenerConnections, "queue_size": s.QueueSize,
		})
		add("metadata", tags{"mount": s.Mount}, fields{
			"title": s.Title, "server_name": s.ServerName, "server_description": s.Description, "genre": s.Genre, "content_type": s.ContentType, "listen_url": s.ListenURL,
		})
	}
	return nil
}

func buildConnectionCounts(doc []byte, add func(string, tags, fields)) error {
	var d xmlConnectionCounts
	if err := xml.Unmarshal(doc, &d); err != nil {
		return err
	}
	for _, v := range d.VHosts {
		for _, a := range v.Applications {
			for _, in := range a.Instances {
				for i := range in.Streams {
					s := &in.Streams[i]
					add("listeners", tags{"mount": "/" + s.Name, "stream": s.Name, "vhost": v.Name, "application": a.Name, "instance": in.Name}, fields{
						"current": s.Total, "flash": s.Flash, "cupertino": s.Cupertino, "sanjose": s.SanJose, "smooth": s.Smooth, "rtsp": s.RTSP, "mpegdash": s.MPEGDash,
					})
				}
			}
		}
	}
	return nil
}

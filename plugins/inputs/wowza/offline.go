//go:build bench

package wowza

import (
	"io"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/plugins/inputs"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/report"
)

// Offline is one server of the plugin without the server: documents in, points out. It is there for the benchmarks, which are
// a module of their own, and only with the build tag bench.
type Offline struct {
	plugin *Wowza
	server *wowzaServer
	worker *worker
}

// NewOffline makes one with the plugin's defaults.
func NewOffline() (*Offline, error) {
	p := inputs.Inputs[platform]().(*Wowza)
	p.URLs = []string{"http://127.0.0.1:8086"}
	p.Totals = false
	if err := p.Init(); err != nil {
		return nil, err
	}
	return &Offline{plugin: p, server: p.state(&fleet.Server{Endpoint: p.Endpoints()[0]}), worker: &worker{doc: newConnectionCounts()}}, nil
}

// ConnectionCounts reads a document and returns its streams and listeners.
func (o *Offline) ConnectionCounts(r io.Reader) (streams int, listeners int64, err error) {
	d := o.worker.doc
	err = d.read(r)
	for i := range d.Streams {
		listeners += d.Streams[i].listeners()
	}
	return len(d.Streams), listeners, err
}

// Emit emits the points of what was read last.
func (o *Offline) Emit(acc telegraf.Accumulator) {
	g := &gather{Gather: report.Begin(acc, o.plugin.Log, nil), plugin: o.plugin}
	g.emit(o.server, o.worker, time.Now())
	g.End()
}

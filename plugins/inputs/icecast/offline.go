//go:build bench

package icecast

import (
	"context"
	"errors"
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
	plugin *Icecast
	server *server
	worker *worker
}

// NewOffline makes one with the plugin's defaults.
func NewOffline() (*Offline, error) {
	p := inputs.Inputs[platform]().(*Icecast)
	p.URLs = []string{"http://127.0.0.1:8000"}
	p.Totals = false
	if err := p.Init(); err != nil {
		return nil, err
	}
	w := newWorker()
	w.stats = newStats(p)
	return &Offline{plugin: p, server: p.state(&fleet.Server{Endpoint: p.Endpoints()[0]}), worker: w}, nil
}

// Read polls the light document of every server of an initialised plugin, reads it, and makes nothing of it.
func Read(p *Icecast, failed func(error)) { p.fleet.Each(p.ctx, time.Now(), reader{p, failed}) }

// Listmounts reads the light document and returns its mounts and listeners.
func (o *Offline) Listmounts(r io.Reader) (mounts int, listeners int64, err error) {
	d := o.worker.listmounts
	err = d.read(r)
	for i := range d.Mounts {
		listeners += d.Mounts[i].Listeners
	}
	return len(d.Mounts), listeners, err
}

// Stats reads the heavy document and returns its sources and their listeners.
func (o *Offline) Stats(r io.Reader) (sources int, listeners int64, err error) {
	d := o.worker.stats
	err = d.read(r)
	for i := range d.Sources {
		listeners += d.Sources[i].Numbers[srcListeners]
	}
	return len(d.Sources), listeners, err
}

// Emit emits the points of what was read last, with those of stats if heavy.
func (o *Offline) Emit(acc telegraf.Accumulator, heavy bool) {
	g := &gather{Gather: report.Begin(acc, o.plugin.Log, nil), plugin: o.plugin}
	o.server.observe(g, o.worker, time.Now(), heavy)
	o.server.emit(g, o.worker, heavy)
	g.End()
}

// reader visits servers for their light document alone.
type reader struct {
	*Icecast
	failed func(error)
}

func (r reader) Visit(ctx context.Context, s *fleet.Server) bool {
	var w *worker
	ex := s.Client.Get(ctx, listmountsPath, func(body io.Reader) error {
		w = r.worker()
		return w.listmounts.read(body)
	})
	if w != nil {
		r.workers.Put(w)
	}
	if ex.Err != nil {
		r.failed(ex.Err)
	}
	return ex.Err == nil
}

func (r reader) Skip(s *fleet.Server, why string) { r.failed(errors.New(s.Label() + ": " + why)) }

func (r reader) Unresolved(_ *fleet.Server, err error) { r.failed(err) }

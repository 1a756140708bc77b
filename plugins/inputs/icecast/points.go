package icecast

import (
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
)

// emit turns what was read and observed into points.
func (sv *server) emit(g *gather, w *worker, heavy bool) {
	complete, listeners, mounts := w.listmounts.Whole, w.beside, int64(0)
	w.counts = w.counts[:0]
	for _, l := range w.channels {
		sv.channelPoints(g, w, l)
		gone := l.channel.Gone()
		if l.known {
			w.counts = append(w.counts, stream.Count{Mount: l.mount, Current: l.current, Gone: gone})
		}
		if !gone {
			complete = complete && l.known
			listeners += l.current
			mounts++
		}
	}
	g.Host(sv.Server, &w.point, complete, listeners, mounts, w.counts)
	if heavy {
		sv.serverPoint(g, w)
	}
}

// channelPoints emits what is known of one mount.
func (sv *server) channelPoints(g *gather, w *worker, l *labels) {
	p, c := &w.point, l.channel
	p.Reset(schema.MeasurementListeners, l.series, g.At)
	if l.known {
		p.Int(schema.FieldCurrent, l.current)
	}
	if l.stats != nil {
		numberFields(p, &l.stats.Numbers, listenersFields)
	}
	g.Sink.Add(p)
	if c.Connected() {
		p.Reset(schema.MeasurementStreamStart, l.series, g.At)
		p.Int(schema.FieldTimestamp, c.Start)
		p.Int(schema.FieldUptime, c.Uptime)
		p.Int(schema.FieldRestarts, c.Restarts)
		g.Sink.Add(p)
	}
	g.Event(p, l.series, c)
	if l.stats != nil {
		p.Reset(schema.MeasurementIcecastMount, l.series, g.At)
		numberFields(p, &l.stats.Numbers, mountFields)
		g.Sink.Add(p)
		sv.metadataPoint(g, w, l)
	}
}

// metadataPoint emits the texts of one mount that are there (stats reads those that are wanted), empty ones too: a title that was taken away is
// news.
func (sv *server) metadataPoint(g *gather, w *worker, l *labels) {
	w.point.Reset(schema.MeasurementMetadata, l.series, g.At)
	for t, span := range l.stats.Texts {
		if span.present() {
			w.point.Text(metadataFields[t], w.stats.text(span))
		}
	}
	g.Sink.Add(&w.point)
}

// serverPoint emits what the server says of itself.
func (sv *server) serverPoint(g *gather, w *worker) {
	p, d := &w.point, w.stats
	p.Reset(schema.MeasurementIcecastServer, sv.Base, g.At)
	numberFields(p, &d.Server, serverFields)
	if d.Start != unknown {
		p.Int(schema.FieldStart, d.Start)
		p.Float(schema.FieldUptime, max(0, float64(g.At.Unix()-d.Start)))
	}
	if d.Version.present() {
		p.Text(schema.FieldVersion, d.text(d.Version))
	}
	g.Sink.Add(p)
}

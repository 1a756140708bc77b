package wowza

import (
	"math"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
)

// emit holds the document against what is known of the server and turns it into points.
func (g *gather) emit(sv *wowzaServer, w *worker, at time.Time) {
	for i := range w.doc.Entries {
		if e := &w.doc.Entries[i]; g.plugin.levels[e.Level] {
			g.entryPoint(sv, w, e)
		}
	}
	capped := g.sight(w)
	if capped && !sv.saidMost {
		sv.saidMost = true
		g.Log.Warnf("%s lists more than %d streams; only the first ones are taken, raise max_streams or narrow streams_include", sv.Label, g.plugin.MaxStreams)
	}
	gone := sv.tracker.Observe(stream.At(at), w.sightings, w.doc.Whole && !capped, false)
	complete, listeners, mounts := w.doc.Whole, w.beyond, int64(0)
	w.counts = w.counts[:0]
	sv.round++
	for i := range w.sightings {
		c, e := w.sightings[i].Channel, &w.doc.Streams[w.listed[i]]
		l := sv.labels(c, e)
		if l.round == sv.round {
			continue // listed twice: the first one counts
		}
		l.round = sv.round
		mounts++
		if n := e.listeners(); n != unknown {
			w.counts = append(w.counts, stream.Count{Mount: l.mount, Current: n})
			listeners += n
		} else {
			complete = false
		}
		if g.plugin.levels[streamLevel] {
			g.streamPoints(w, l, c, e)
		}
	}
	for _, c := range gone {
		l := c.Labels.(*labels)
		w.counts = append(w.counts, stream.Count{Mount: l.mount, Gone: true})
		if g.plugin.levels[streamLevel] {
			w.point.Reset(schema.MeasurementListeners, l.series, g.At)
			w.point.Int(schema.FieldCurrent, 0)
			g.Sink.Add(&w.point)
			g.Event(&w.point, l.series, c)
		}
	}
	g.Host(sv.Server, &w.point, complete, listeners, mounts, w.counts)
}

// listeners is SessionsTotal, or where a provider of one's own leaves it out, the sum of the protocols.
func (e *streamEntry) listeners() int64 {
	if e.Total != unknown {
		return e.Total
	}
	sum := int64(unknown)
	for _, n := range e.Sessions {
		if n != unknown {
			sum = max(sum, 0) + n
		}
	}
	return sum
}

// streamPoints emits what is known of one stream.
func (g *gather) streamPoints(w *worker, l *labels, c *stream.Channel, e *streamEntry) {
	p := &w.point
	p.Reset(schema.MeasurementListeners, l.series, g.At)
	if n := e.listeners(); n != unknown {
		p.Int(schema.FieldCurrent, n)
	}
	for i, n := range e.Sessions {
		if n != unknown {
			p.Int(w.doc.fieldOf(i), n)
		}
	}
	g.Sink.Add(p)
	g.Event(p, l.series, c)
}

// measurements of the levels above the streams.
var measurements = [streamLevel]string{
	schema.MeasurementWowzaServer, schema.MeasurementWowzaVHost, schema.MeasurementWowzaApplication, schema.MeasurementWowzaInstance,
}

// counterFields are the fields of an entry's counters.
var counterFields = [counts]string{
	schema.FieldConnectionsCurrent, schema.FieldConnectionsTotal, schema.FieldConnectionsAccepted, schema.FieldConnectionsRejected, schema.FieldConnectionsLimit,
}

// entryPoint emits the counters of one entry. A limit of 0 is none, and only a virtual host has one; the server has no uptime.
func (g *gather) entryPoint(sv *wowzaServer, w *worker, e *entry) {
	p := &w.point
	p.Reset(measurements[e.Level], sv.entrySeries(e), g.At)
	for i, n := range e.Counts {
		if n != unknown && (i != limit || n > 0 && e.Level == vhost) {
			p.Int(counterFields[i], n)
		}
	}
	double(p, schema.FieldBytesInRate, e.InRate)
	double(p, schema.FieldBytesOutRate, e.OutRate)
	if e.Level > server {
		double(p, schema.FieldUptime, e.Uptime)
	}
	g.Sink.Add(p)
}

func double(p *emit.Point, field string, v float64) {
	if !math.IsNaN(v) {
		p.Float(field, v)
	}
}

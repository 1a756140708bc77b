package wowza

import (
	"context"
	"io"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/poll"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/report"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
)

// wowzaServer is what the plugin knows of one server between gathers.
type wowzaServer struct {
	*report.Server
	tracker  stream.Tracker
	entries  map[string]*emit.Series // tags of the levels above the streams, by their names
	round    uint64
	saidMost bool // that max_streams cuts
}

// labels is what stays the same of a stream.
type labels struct {
	mount  string
	series *emit.Series
	round  uint64 // of the gather that saw it last
}

// state returns the server's state, new at the first visit.
func (w *Wowza) state(s *fleet.Server) *wowzaServer {
	sv, ok := s.State.(*wowzaServer)
	if !ok {
		sv = &wowzaServer{Server: report.NewServer(s, platform, w.Tags()), entries: map[string]*emit.Series{}}
		s.State = sv
	}
	return sv
}

// gather is one call of Gather.
type gather struct {
	*report.Gather
	plugin *Wowza
}

// worker is the memory that one server's visit needs; it goes from server to server.
type worker struct {
	doc       *connectionCounts
	keys      []byte
	sightings []stream.Sighting
	listed    []int // index in doc.Streams of each sighting
	beyond    int64 // listeners beyond max_streams
	counts    []stream.Count
	point     emit.Point
}

// worker takes one that is not in use.
func (w *Wowza) worker() *worker { return w.workers.Get().(*worker) }

// Visit polls one server: the document, then what changed, then the points.
func (g *gather) Visit(ctx context.Context, s *fleet.Server) bool {
	sv := g.plugin.state(s)

	var w *worker // not before there is something to read: most of the time a server is waited for
	ex := s.Client.Get(ctx, g.plugin.paths[s.Index], func(body io.Reader) error {
		w = g.plugin.worker()
		return w.doc.read(body)
	})
	if w == nil {
		w = g.plugin.worker()
	}
	defer g.plugin.workers.Put(w)
	at := g.Now()
	if ctx.Err() == context.Canceled {
		return false // the program ends: what failed because of that is nobody's failure
	}
	read := ex.Result == poll.Success || ex.Result == poll.InvalidDocument && len(w.doc.Entries)+len(w.doc.Streams) > 0
	if !read {
		w.doc.Recovered, w.doc.Dropped = 0, 0
	}
	g.Exchange(sv.Server, &w.point, endpoint, &ex, w.doc.Recovered, w.doc.Dropped)
	if !read {
		g.Missing(sv.Server)
		return false
	}
	g.emit(sv, w, at)
	return true
}

// Skip emits the response point of a server that is not asked in this gather.
func (g *gather) Skip(s *fleet.Server, why string) {
	g.Skipped(g.plugin.state(s).Server, endpoint, why)
}

// Unresolved emits the response point of a load-balanced name of which no address is known.
func (g *gather) Unresolved(s *fleet.Server, err error) {
	ex := poll.Failed(err)
	g.NotRead(g.plugin.state(s).Server, endpoint, &ex)
}

// sight makes the sightings of the wanted streams, and says whether max_streams cut them. A stream is known by the names of
// all levels: it is unique in its instance only.
func (g *gather) sight(w *worker) (capped bool) {
	p := g.plugin
	w.keys, w.sightings, w.listed, w.beyond = w.keys[:0], w.sightings[:0], w.listed[:0], 0
	for i := range w.doc.Streams {
		e := &w.doc.Streams[i]
		if p.filtered && !p.streams.Match(string(e.Name)) {
			continue
		}
		if len(w.sightings) == p.MaxStreams {
			capped = true
			w.beyond += max(0, e.listeners())
			continue
		}
		from := len(w.keys)
		for _, name := range e.Names[vhost:] {
			w.keys = append(append(w.keys, name...), 0)
		}
		w.keys = append(w.keys, e.Name...)
		w.sightings = append(w.sightings, stream.Sighting{Name: w.keys[from:], Connected: stream.NotTold})
		w.listed = append(w.listed, i)
	}
	return capped
}

// labels returns a channel's labels, made when it is new. Its name is that of its sighting.
func (sv *wowzaServer) labels(c *stream.Channel, e *streamEntry) *labels {
	if l, ok := c.Labels.(*labels); ok {
		return l
	}
	name := string(e.Name)
	mount := report.Mount(name)
	l := &labels{
		mount: emit.SafeTag(mount),
		series: emit.NewSeries(sv.Base,
			emit.Tag{Key: schema.TagMount, Value: mount},
			emit.Tag{Key: schema.TagVHost, Value: string(e.Names[vhost])},
			emit.Tag{Key: schema.TagApplication, Value: string(e.Names[application])},
			emit.Tag{Key: schema.TagInstance, Value: string(e.Names[instance])},
			emit.Tag{Key: schema.TagStream, Value: name}),
	}
	c.Labels = l
	return l
}

// entrySeries returns the tags of an entry above the streams. They are few, and kept.
func (sv *wowzaServer) entrySeries(e *entry) *emit.Series {
	if e.Level == server {
		return sv.Base
	}
	key := ""
	for _, name := range e.Names[vhost : e.Level+1] {
		key += string(name) + "\x00"
	}
	series := sv.entries[key]
	if series == nil {
		if len(sv.entries) > maxEntries {
			clear(sv.entries)
		}
		series = emit.NewSeries(sv.Base,
			emit.Tag{Key: schema.TagVHost, Value: string(e.Names[vhost])},
			emit.Tag{Key: schema.TagApplication, Value: string(e.Names[application])},
			emit.Tag{Key: schema.TagInstance, Value: string(e.Names[instance])})
		sv.entries[key] = series
	}
	return series
}

// maxEntries bounds what is kept of applications that come and go.
const maxEntries = 10_000

package icecast

import (
	"context"
	"io"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/poll"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/report"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
)

// The two documents, by their endpoint tag.
const (
	listmountsPath = "/admin/listmounts"
	statsPath      = "/admin/stats"
)

// server is what the plugin knows of one server between gathers.
type server struct {
	*report.Server
	plugin  *Icecast
	tracker stream.Tracker

	statsDue  time.Time
	started   int64             // server_start as last read, 0 unknown
	saidMost  bool              // that max_mounts cuts
	down      bool              // listmounts could not be read last time
	respelled []*stream.Channel // those whose mount tag is not their name
	round     uint64
}

// state returns the server's state, new at the first visit.
func (i *Icecast) state(s *fleet.Server) *server {
	sv, ok := s.State.(*server)
	if !ok {
		sv = &server{Server: report.NewServer(s, platform, i.Tags()), plugin: i}
		s.State = sv
	}
	return sv
}

// gather is one call of Gather.
type gather struct {
	*report.Gather
	plugin *Icecast
}

// worker is the memory that one server's visit needs; it goes from server to server.
type worker struct {
	listmounts *listmounts
	stats      *stats // nil until the first heavy document
	sightings  []stream.Sighting
	listed     []mountCount // the mount of each sighting
	beside     int64        // listeners on KH's pseudo-mounts, and beyond max_mounts
	channels   []*labels    // on this server, each once
	counts     []stream.Count
	point      emit.Point
}

func newWorker() *worker { return &worker{listmounts: newListmounts()} }

// worker takes one that is not in use.
func (i *Icecast) worker() *worker { return i.workers.Get().(*worker) }

// Visit polls one server: the light document, the heavy one if its time has come, then what changed, then the points.
func (g *gather) Visit(ctx context.Context, s *fleet.Server) bool {
	sv := g.plugin.state(s)

	var w *worker // not before there is something to read: most of the time a server is waited for
	ex := s.Client.Get(ctx, listmountsPath, func(body io.Reader) error {
		w = g.plugin.worker()
		return w.listmounts.read(body)
	})
	if w == nil {
		w = g.plugin.worker()
	}
	defer g.plugin.workers.Put(w)
	at := g.Now()
	light := ex.Result == poll.Success || ex.Result == poll.InvalidDocument && len(w.listmounts.Mounts) > 0
	if !light {
		w.listmounts.verdict = verdict{}
	}
	heavy := false
	if !stopping(ctx) {
		g.Exchange(sv.Server, &w.point, "listmounts", &ex, w.listmounts.Recovered, w.listmounts.Dropped)
		heavy = (light || ex.HTTPStatus != 0) && sv.readStats(ctx, g, s, w, light)
	}
	switch {
	case stopping(ctx):
		return false
	case !light && heavy:
		w.listmounts.take(w.stats, at)
		sv.statsDue = g.At // as long as it is all that can be read, it is read at every gather
	case !light:
		g.Missing(sv.Server)
		return false
	}
	sv.observe(g, w, at, heavy)
	sv.emit(g, w, heavy)
	return true
}

// stopping says that the program ends: what failed because of that is nobody's failure.
func stopping(ctx context.Context) bool { return ctx.Err() == context.Canceled }

// readStats reads the heavy document if its time has come, and says whether there is one.
func (sv *server) readStats(ctx context.Context, g *gather, s *fleet.Server, w *worker, light bool) bool {
	if light && sv.down {
		sv.statsDue = g.At // it may be another process now
	}
	sv.down = !light
	interval := time.Duration(g.plugin.StatsInterval)
	if interval < 0 || g.At.Before(sv.statsDue) {
		return false
	}
	sv.schedule(g.At, interval, s.Index)
	if w.stats == nil {
		w.stats = newStats(g.plugin)
	}
	if w.stats.listed = nil; light {
		w.listmounts.index()
		w.stats.listed = w.listmounts
	}
	ex := s.Client.Get(ctx, statsPath, w.stats.read)
	if stopping(ctx) {
		return false
	}
	read := ex.Result == poll.Success || ex.Result == poll.InvalidDocument && len(w.stats.Sources) > 0
	if !read {
		w.stats.verdict = verdict{}
	}
	g.Exchange(sv.Server, &w.point, "stats", &ex, w.stats.Recovered, w.stats.Dropped)
	return read
}

// schedule sets the time of the next read of stats. The first one is at once; the second one comes at the server's own
// place in the interval, so that the heavy reads of a fleet do not fall in one gather.
func (sv *server) schedule(at time.Time, interval time.Duration, index int) {
	switch {
	case sv.statsDue.IsZero():
		n := len(sv.plugin.Endpoints())
		sv.statsDue = at.Add(interval * time.Duration(index+1) / time.Duration(n))
	case at.Sub(sv.statsDue) < interval:
		sv.statsDue = sv.statsDue.Add(interval)
	default:
		sv.statsDue = at.Add(interval)
	}
}

// Skip emits the response point of a server that is not asked in this gather.
func (g *gather) Skip(s *fleet.Server, why string) {
	g.Skipped(g.plugin.state(s).Server, "listmounts", why)
}

// Unresolved emits the response point of a load-balanced name of which no address is known.
func (g *gather) Unresolved(s *fleet.Server, err error) {
	ex := poll.Failed(err)
	g.NotRead(g.plugin.state(s).Server, "listmounts", &ex)
}

package fleet

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/influxdata/telegraf/config"
	"go.uber.org/goleak"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/poll"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a plugin that polls nothing and writes down what it was asked to do.
type recorder struct {
	visit func(ctx context.Context, s *Server) bool // default: every server is read

	mu         sync.Mutex
	visited    []string
	skipped    map[string]string
	unresolved map[string]error
}

func (r *recorder) Visit(ctx context.Context, s *Server) bool {
	r.mu.Lock()
	r.visited = append(r.visited, s.Label())
	r.mu.Unlock()
	return r.visit == nil || r.visit(ctx, s)
}

func (r *recorder) Skip(s *Server, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.skipped == nil {
		r.skipped = map[string]string{}
	}
	r.skipped[s.Label()] = why
}

func (r *recorder) Unresolved(s *Server, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unresolved == nil {
		r.unresolved = map[string]error{}
	}
	r.unresolved[s.Label()] = err
}

// fleetOf builds the fleet of so many servers.
func fleetOf(t *testing.T, servers int, change ...func(*Options)) *Fleet {
	t.Helper()
	o := Defaults()
	for i := range servers {
		o.URLs = append(o.URLs, fmt.Sprintf("http://edge%02d.example.net:8000", i))
	}
	for _, f := range change {
		f(&o)
	}
	if err := o.Validate(); err != nil {
		t.Fatal(err)
	}
	f, err := New(&o, Transport{Auth: poll.AuthBasic})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestEveryServerIsVisitedOnceInConfiguredOrder(t *testing.T) {
	f := fleetOf(t, 20, func(o *Options) { o.MaxConcurrent = 1 })
	var r recorder
	f.Each(context.Background(), noon, &r)
	if len(r.visited) != 20 || !slices.IsSorted(r.visited) || len(r.skipped) != 0 {
		t.Errorf("visited %q, skipped %q", r.visited, r.skipped)
	}
}

func TestServersThatFailedLastTimeComeLast(t *testing.T) {
	f := fleetOf(t, 4, func(o *Options) { o.MaxConcurrent = 1 })
	f.Each(context.Background(), noon, &recorder{visit: func(_ context.Context, s *Server) bool { return s.Index != 1 }})
	var r recorder
	f.Each(context.Background(), noon.Add(time.Second), &r)
	want := []string{"edge00.example.net:8000", "edge02.example.net:8000", "edge03.example.net:8000", "edge01.example.net:8000"}
	if !slices.Equal(r.visited, want) {
		t.Errorf("visited %q, want %q", r.visited, want)
	}
}

func TestNoMoreServersThanAllowedAreAskedAtTheSameTime(t *testing.T) {
	f := fleetOf(t, 50, func(o *Options) { o.MaxConcurrent = 7 })
	var mu sync.Mutex
	now, most := 0, 0
	f.Each(context.Background(), noon, &recorder{visit: func(context.Context, *Server) bool {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		now--
		mu.Unlock()
		return true
	}})
	if most != 7 {
		t.Errorf("%d at the same time, want 7", most)
	}
}

func TestWhatHasNotHadItsTurnWhenTheGatherIsOverIsSkipped(t *testing.T) {
	f := fleetOf(t, 3, func(o *Options) { o.MaxConcurrent, o.Timeout = 1, config.Duration(20*time.Millisecond) })
	r := recorder{visit: func(ctx context.Context, _ *Server) bool { <-ctx.Done(); return false }}
	f.Each(context.Background(), noon, &r)
	want := "the gather's time was over before its turn; raise timeout or max_concurrent"
	if len(r.visited) != 1 || len(r.skipped) != 2 || r.skipped["edge02.example.net:8000"] != want {
		t.Errorf("visited %q, skipped %q", r.visited, r.skipped)
	}
}

// asked runs so many gathers, a second apart, and returns in which of them the only server was asked.
func asked(f *Fleet, gathers int, every time.Duration, read func(gather int) bool) (in []int) {
	for g := range gathers {
		f.Each(context.Background(), noon.Add(time.Duration(g)*every), &recorder{visit: func(context.Context, *Server) bool {
			in = append(in, g)
			return read(g)
		}})
	}
	return in
}

func TestAServerThatKeepsFailingIsAskedLessOften(t *testing.T) {
	got := asked(fleetOf(t, 1), 50, time.Second, func(int) bool { return false })
	want := []int{0, 1, 2, 3, 4, 6, 10, 18, 28, 38, 48}
	if !slices.Equal(got, want) {
		t.Errorf("asked in gathers %v, want %v", got, want)
	}
}

func TestAServerThatKeepsFailingIsAskedAtLeastEveryFiveMinutes(t *testing.T) {
	got := asked(fleetOf(t, 1), 15, 2*time.Minute, func(int) bool { return false })
	want := []int{0, 1, 2, 3, 4, 6, 9, 12} // three gathers are six minutes: the first one that is five or more
	if !slices.Equal(got, want) {
		t.Errorf("asked in gathers %v, want %v", got, want)
	}
}

func TestOneSuccessEndsBackingOff(t *testing.T) {
	got := asked(fleetOf(t, 1), 14, time.Second, func(g int) bool { return g >= 10 })
	want := []int{0, 1, 2, 3, 4, 6, 10, 11, 12, 13}
	if !slices.Equal(got, want) {
		t.Errorf("asked in gathers %v, want %v", got, want)
	}
}

func TestAServerThatBacksOffSaysWhy(t *testing.T) {
	f := fleetOf(t, 1)
	asked(f, 5, time.Second, func(int) bool { return false })
	var r recorder
	f.Each(context.Background(), noon.Add(6*time.Second), &r)
	if why := r.skipped["edge00.example.net:8000"]; why != "backing off after 5 failures in a row" {
		t.Errorf("skipped because of %q", why)
	}
}

// What fails because the program ends is no failure of the server.
func TestAGatherThatIsGivenUpCountsAsNoFailure(t *testing.T) {
	f := fleetOf(t, 1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for g := range 6 {
		f.Each(ctx, noon.Add(time.Duration(g)*time.Second), &recorder{visit: func(context.Context, *Server) bool { cancel(); return false }})
	}
	var r recorder
	f.Each(context.Background(), noon.Add(time.Minute), &r)
	if len(r.visited) != 1 {
		t.Errorf("skipped %q", r.skipped)
	}
}

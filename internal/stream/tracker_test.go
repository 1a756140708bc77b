package stream

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// sinceNoon is a moment on clocks that nobody sets.
func sinceNoon(d time.Duration) Moment {
	return Moment{Wall: noon.Add(d).UnixNano(), Steady: time.Hour + d}
}

// look is one document: when it was read, and what it lists as "/mount=connected …".
type look struct {
	after     time.Duration // since noon, on the monotonic clock
	lists     string
	truncated bool
	restarted bool   // the server said that it started anew
	exact     string // "/mount=unix" that a stats document says in the same gather
	want      string // events and losses, "/mount:event …"
}

// follow plays documents to a Tracker and compares what it says of each.
func follow(t *testing.T, looks ...look) *Tracker {
	t.Helper()
	var tr Tracker
	for _, l := range looks {
		at := sinceNoon(l.after)
		listed := sightings(l.lists)
		gone := tr.Observe(at, listed, !l.truncated, l.restarted)
		for field := range strings.FieldsSeq(l.exact) {
			name, unix, _ := strings.Cut(field, "=")
			var start int64
			fmt.Sscan(unix, &start)
			tr.Lookup(name).Exact(at, noon.Unix()+start)
		}
		var got []string
		for _, sighting := range listed {
			c := sighting.Channel
			if c.Event != None {
				text := c.Name + ":" + c.Event.String()
				if c.Downtime > 0 {
					text += fmt.Sprintf("(%v)", c.Downtime)
				}
				got = append(got, text)
			}
		}
		for _, c := range gone {
			got = append(got, c.Name+":gone:"+c.Event.String())
		}
		if text := strings.Join(got, " "); text != l.want {
			t.Errorf("after %v, listing %q: got %q, want %q", l.after, l.lists, text, l.want)
		}
	}
	return &tr
}

func sightings(lists string) []Sighting {
	var s []Sighting
	for field := range strings.FieldsSeq(lists) {
		name, value, _ := strings.Cut(field, "=")
		connected := int64(NotTold)
		switch value {
		case "":
		case "idle":
			connected = NotConnected
		default:
			fmt.Sscan(value, &connected)
		}
		s = append(s, Sighting{Name: []byte(name), Connected: connected})
	}
	return s
}

const s = time.Second

func TestTheFirstDocumentHasNoEvents(t *testing.T) {
	follow(t, look{0, "/a=100 /b=3 /c=idle", false, false, "", ""})
}

func TestATruncatedFirstDocumentIsNoBaseline(t *testing.T) {
	follow(t,
		look{after: 0, lists: "/a=100", truncated: true},
		look{after: 5 * s, lists: "/a=105 /b=50"},
		look{after: 10 * s, lists: "/a=110 /b=55 /c=2", want: "/c:started"},
	)
}

func TestANewSourceIsARestartAtTheNextDocument(t *testing.T) {
	tr := follow(t,
		look{after: 0, lists: "/a=100"},
		look{after: 5 * s, lists: "/a=2", want: "/a:restarted(3s)"},
		look{after: 10 * s, lists: "/a=7"},
	)
	if c := tr.Lookup("/a"); c.Restarts != 1 || c.Start != noon.Unix()+3 || c.Uptime != 7 {
		t.Errorf("restarts %d, start noon%+d, uptime %d; want 1, +3, 7", c.Restarts, c.Start-noon.Unix(), c.Uptime)
	}
}

func TestAYoungSourceThatRestartsIsSeenToo(t *testing.T) {
	follow(t,
		look{after: 0, lists: "/a=1"},
		look{after: 5 * s, lists: "/a=1", want: "/a:restarted(4s)"},
		look{after: 10 * s, lists: "/a=0", want: "/a:restarted(5s)"},
	)
}

func TestASecondOfJitterIsNoRestart(t *testing.T) {
	tr := follow(t,
		look{after: 0, lists: "/a=10"},
		look{after: 5 * s, lists: "/a=14"},
		look{after: 10 * s, lists: "/a=21"},
		look{after: 11 * s, lists: "/a=20"},
		look{after: 15500 * time.Millisecond, lists: "/a=26"},
	)
	if c := tr.Lookup("/a"); c.Start != noon.Unix()-10 {
		t.Errorf("start moved by %d s, want it held still", c.Start-noon.Unix()+10)
	}
}

func TestOurOwnClockMayStep(t *testing.T) {
	for _, step := range []time.Duration{-time.Hour, time.Hour} {
		var tr Tracker
		tr.Observe(sinceNoon(0), sightings("/a=100 /b=5"), true, false)
		later := sinceNoon(5 * s)
		later.Wall += int64(step)
		gone := tr.Observe(later, sightings("/a=105 /b=10"), true, false)
		a, b := tr.Lookup("/a"), tr.Lookup("/b")
		if a.Event != None || b.Event != None || len(gone) > 0 {
			t.Errorf("step %v: events %v %v, %d gone; want none", step, a.Event, b.Event, len(gone))
		}
		if want := noon.Add(step).Unix() - 100; a.Start != want {
			t.Errorf("step %v: start %d, want %d, on the clock as it is now", step, a.Start, want)
		}
	}
}

func TestAMomentKeepsBothClocks(t *testing.T) {
	now := time.Now()
	later := now.Add(3 * s)
	if d := At(later).sub(At(now)); d != 3*s {
		t.Errorf("%v passed, want 3s", d)
	}
	if at := At(now); at.Wall != now.UnixNano() || at.unix() != now.Unix() {
		t.Errorf("wall clock %v, want %v", at.Wall, now.UnixNano())
	}
}

func TestTheServersClockMayStep(t *testing.T) {
	for _, step := range []int{-3600, -600, -8, 8, 3600} {
		tr := follow(t,
			look{after: 0, lists: "/old=90000 /other=80000 /young=605"},
			look{after: 5 * s, lists: fmt.Sprintf("/old=%d /other=%d %s", 90005+step, 80005+step, told("/young", 610+step))},
			look{after: 10 * s, lists: fmt.Sprintf("/old=%d /other=%d %s", 90010+step, 80010+step, told("/young", 615+step))},
		)
		if c := tr.Lookup("/old"); c.Restarts != 0 || c.Start != noon.Unix()-90000 {
			t.Errorf("step %d: restarts %d, start moved by %d s; want neither", step, c.Restarts, c.Start-noon.Unix()+90000)
		}
	}
}

// told is a mount whose seconds cannot be told while they are negative.
func told(mount string, connected int) string {
	if connected < 0 {
		return mount
	}
	return fmt.Sprintf("%s=%d", mount, connected)
}

func TestARestartIsSeenBesideAStepOfTheServersClock(t *testing.T) {
	follow(t,
		look{after: 0, lists: "/old=90000 /back=80000"},
		look{after: 5 * s, lists: "/old=89405 /back=3", want: "/back:restarted(2s)"},
	)
}

func TestAMountIsGoneWhenTwoWholeDocumentsDoNotListIt(t *testing.T) {
	tr := follow(t,
		look{after: 0, lists: "/a=100 /b=100"},
		look{after: 5 * s, lists: "/a=105"},
		look{after: 10 * s, lists: "/a=110", want: "/b:gone:stopped"},
		look{after: 15 * s, lists: "/a=115"},
		look{after: 60 * s, lists: "/a=160 /b=4", want: "/b:restarted(56s)"},
	)
	if c := tr.Lookup("/b"); c.Restarts != 1 || c.Gone() {
		t.Errorf("restarts %d, gone %v; want 1, false", c.Restarts, c.Gone())
	}
}

func TestAMountWhoseListenersMoveIsNotGone(t *testing.T) {
	follow(t,
		look{after: 0, lists: "/a=100 /b=100"},
		look{after: 5 * s, lists: "/a=105"},
		look{after: 10 * s, lists: "/a=110 /b=110"},
		look{after: 15 * s, lists: "/b=115"},
		look{after: 20 * s, lists: "/a=120 /b=120"},
	)
}

func TestAMountThatWasGoneAndRunsOnHasStartedButNotRestarted(t *testing.T) {
	tr := follow(t,
		look{after: 0, lists: "/a=100 /b=100"},
		look{after: 5 * s, lists: "/a=105"},
		look{after: 10 * s, lists: "/a=110", want: "/b:gone:stopped"},
		look{after: 15 * s, lists: "/a=115 /b=115", want: "/b:started"},
	)
	if n := tr.Lookup("/b").Restarts; n != 0 {
		t.Errorf("restarts %d, want 0", n)
	}
}

func TestATruncatedDocumentSaysNothingOfWhatItDoesNotList(t *testing.T) {
	follow(t,
		look{after: 0, lists: "/a=100 /b=100"},
		look{after: 5 * s, lists: "/a=105", truncated: true},
		look{after: 10 * s, lists: "", truncated: true},
		look{after: 15 * s, lists: "/a=1", truncated: true, want: "/a:restarted(9s)"},
		look{after: 20 * s, lists: "/a=6"},
		look{after: 25 * s, lists: "/a=11 /b=125"},
	)
}

func TestAServerThatRestartedHasLostItsMountsAtOnce(t *testing.T) {
	follow(t,
		look{after: 0, lists: "/a=100 /b=100"},
		look{after: 30 * s, lists: "/a=2", restarted: true, want: "/a:restarted(28s) /b:gone:stopped"},
	)
	follow(t, // all sources that are left are new: it must have
		look{after: 0, lists: "/a=100 /b=100 /c=100"},
		look{after: 30 * s, lists: "/a=2 /b=3", want: "/a:restarted(28s) /b:restarted(27s) /c:gone:stopped"},
	)
}

func TestAnOnDemandRelayComesAndGoesWithoutEvents(t *testing.T) {
	tr := follow(t,
		look{after: 0, lists: "/relay=idle"},
		look{after: 5 * s, lists: "/relay=3"},
		look{after: 10 * s, lists: "/relay=8"},
		look{after: 15 * s, lists: "/relay=idle"},
		look{after: 20 * s, lists: "/relay=1"},
		look{after: 25 * s, lists: "/relay=1", want: "/relay:restarted(4s)"},
	)
	if c := tr.Lookup("/relay"); c.Restarts != 1 || !c.Connected() {
		t.Errorf("restarts %d, connected %v; want 1, true", c.Restarts, c.Connected())
	}
	idle := follow(t, look{after: 0, lists: "/relay=idle"}).Lookup("/relay")
	if idle.Connected() || idle.Start != 0 {
		t.Errorf("idle: connected %v since %d; want not connected", idle.Connected(), idle.Start)
	}
}

func TestStreamsWithoutATimeStartAndStop(t *testing.T) {
	follow(t,
		look{after: 0, lists: "live"},
		look{after: 5 * s, lists: "live more", want: "more:started"},
		look{after: 10 * s, lists: "live"},
		look{after: 15 * s, lists: "live", want: "more:gone:stopped"},
		look{after: 20 * s, lists: "live more", want: "more:started"},
	)
}

func TestTheServersOwnStartIsTakenWhereItIsKnown(t *testing.T) {
	tr := follow(t,
		look{after: 0, lists: "/a=100", exact: "/a=-101"},
		look{after: 5 * s, lists: "/a=105"},
	)
	if c := tr.Lookup("/a"); c.Start != noon.Unix()-101 {
		t.Errorf("start noon%+d, want noon-101", c.Start-noon.Unix())
	}
}

func TestARestartTooQuickForSecondsIsFoundByTheServersStart(t *testing.T) {
	tr := follow(t,
		look{after: 0, lists: "/a=0", exact: "/a=0"},
		look{after: 1 * s, lists: "/a=0", exact: "/a=1", want: "/a:restarted"},
		look{after: 6 * s, lists: "/a=5"},
		look{after: 11 * s, lists: "/a=10", exact: "/a=1"},
	)
	if n := tr.Lookup("/a").Restarts; n != 1 {
		t.Errorf("restarts %d, want 1", n)
	}
}

func TestARestartBetweenTheTwoDocumentsOfAGatherIsSeenOnce(t *testing.T) {
	tr := follow(t,
		look{after: 0, lists: "/a=100", exact: "/a=-100"},
		look{after: 5 * s, lists: "/a=105", exact: "/a=5", want: "/a:restarted"},
		look{after: 10 * s, lists: "/a=5"},
		look{after: 15 * s, lists: "/a=10", exact: "/a=5"},
	)
	if n := tr.Lookup("/a").Restarts; n != 1 {
		t.Errorf("restarts %d, want 1", n)
	}
}

func TestAStatsDocumentThatLagsBehindIsNotBelieved(t *testing.T) {
	tr := follow(t,
		look{after: 0, lists: "/a=100", exact: "/a=-100"},
		look{after: 5 * s, lists: "/a=1", exact: "/a=-100", want: "/a:restarted(4s)"},
		look{after: 10 * s, lists: "/a=6", exact: "/a=4"},
	)
	if c := tr.Lookup("/a"); c.Restarts != 1 || c.Start != noon.Unix()+4 {
		t.Errorf("restarts %d, start noon%+d; want 1, noon+4", c.Restarts, c.Start-noon.Unix())
	}
}

func TestAMountListedTwiceIsOneChannel(t *testing.T) {
	var tr Tracker
	for i := range 3 {
		listed := sightings("/a=5 /b=5 /a=5")
		tr.Observe(sinceNoon(time.Duration(i)*s), listed, true, false)
		if listed[0].Channel != listed[2].Channel || listed[1].Channel == listed[0].Channel || len(tr.channels) != 2 {
			t.Errorf("%v, want two channels, the first one twice", listed)
		}
	}
}

func TestMountsThatAreGoneAreForgotten(t *testing.T) {
	var tr Tracker
	tr.Observe(sinceNoon(0), sightings("/a=1"), true, false)
	for i := range 4 * maxAbsent {
		tr.Observe(sinceNoon(time.Duration(i)*s), sightings(fmt.Sprintf("/a=%d /vod%d", i, i)), true, false)
	}
	if n := len(tr.channels); n > maxAbsent+10 {
		t.Errorf("%d channels are remembered, want at most about %d", n, maxAbsent)
	}
	for i := range 3 {
		tr.Observe(sinceNoon(25*time.Hour+time.Duration(i)*s), sightings("/a=90000"), true, false)
	}
	if n := len(tr.channels); n != 1 {
		t.Errorf("a day later %d channels are remembered, want 1", n)
	}
}

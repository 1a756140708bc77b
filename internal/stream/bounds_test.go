package stream

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A clock that is set back makes young sources look as if they had just connected. Old ones, which cannot have, tell it.
func TestAYoungSourceIsNotTakenForANewOneWhenTheServersClockIsSetBack(t *testing.T) {
	for _, step := range []int{-8, -9, -12} {
		follow(t,
			look{after: 0, lists: "/old=1000 /young=13"},
			look{after: 5 * s, lists: fmt.Sprintf("/old=%d %s", 1005+step, told("/young", 18+step))},
			look{after: 10 * s, lists: fmt.Sprintf("/old=%d %s", 1010+step, told("/young", 23+step))},
		)
	}
}

// The old ones have to agree: two clocks within one server there are not.
func TestOldSourcesThatDisagreeAreNoStep(t *testing.T) {
	follow(t,
		look{after: 0, lists: "/a=1000 /b=2000 /young=13"},
		look{after: 5 * s, lists: "/a=997 /b=2005 /young=6", want: "/young:restarted"},
	)
	follow(t,
		look{after: 0, lists: "/a=1000 /b=2000 /young=13"},
		look{after: 5 * s, lists: "/a=993 /b=1995 /young=6"}, // 12 and 10 seconds: within the tolerance of each other
	)
	follow(t,
		look{after: 0, lists: "/a=1000 /b=2000 /young=13"},
		look{after: 5 * s, lists: "/a=993 /b=1996 /young=6", want: "/young:restarted"}, // 12 and 9: not
	)
}

// Jitter of two seconds on old sources is no step, three seconds are one.
func TestAStepIsMoreThanJitter(t *testing.T) {
	follow(t,
		look{after: 0, lists: "/old=1000 /young=6"},
		look{after: 5 * s, lists: "/old=1003 /young=5", want: "/young:restarted"}, // six seconds were missed, the old one jitters by two
	)
	follow(t,
		look{after: 0, lists: "/old=1000 /young=6"},
		look{after: 5 * s, lists: "/old=1002 /young=7"}, // three seconds back: eight are expected
	)
}

// What is two seconds older than the last look may be a new source; three seconds cannot be.
func TestTheAgeThatMakesANewSource(t *testing.T) {
	for connected, want := range map[int]string{7: "/a:restarted", 5: "/a:restarted", 0: "/a:restarted(5s)", 8: ""} {
		follow(t, look{after: 0, lists: "/a=100 /idle=idle"}, look{after: 5 * s, lists: fmt.Sprintf("/a=%d /idle=idle", connected), want: want})
	}
	for connected, want := range map[int]string{5: "/a:restarted", 6: "", 8: ""} { // eight are expected
		follow(t, look{after: 0, lists: "/a=3"}, look{after: 5 * s, lists: fmt.Sprintf("/a=%d", connected), want: want})
	}
}

// Our own clock moves the starts that it told, by more than two seconds only.
func TestAStepOfOurOwnClockMovesTheStart(t *testing.T) {
	for step, moved := range map[time.Duration]int64{2 * s: 0, -2 * s: 0, 3 * s: 3, -3 * s: -3, time.Hour: 3600} {
		var tr Tracker
		tr.Observe(sinceNoon(0), sightings("/a=100"), true, false)
		later := sinceNoon(5 * s)
		later.Wall += int64(step)
		tr.Observe(later, sightings("/a=105"), true, false)
		if got := tr.Lookup("/a").Start - (noon.Unix() - 100); got != moved {
			t.Errorf("a step of %v moves the start by %d s, want %d", step, got, moved)
		}
	}
}

// Several sources that are new at once, and no old one, are a server that restarted: what it does not list is gone at once.
func TestHowManyNewSourcesMakeAServerThatRestarted(t *testing.T) {
	follow(t,
		look{after: 0, lists: "/a=100 /b=100 /c=100"},
		look{after: 5 * s, lists: "/a=2 /b=2", want: "/a:restarted(3s) /b:restarted(3s) /c:gone:stopped"},
	)
	follow(t, // one alone may be that one's
		look{after: 0, lists: "/a=100 /c=100"},
		look{after: 5 * s, lists: "/a=2", want: "/a:restarted(3s)"},
		look{after: 10 * s, lists: "/a=7", want: "/c:gone:stopped"},
	)
	follow(t, // one of the old ones is still there
		look{after: 0, lists: "/a=100 /b=100 /c=100 /d=100"},
		look{after: 5 * s, lists: "/a=2 /b=2 /c=105", want: "/a:restarted(3s) /b:restarted(3s)"},
	)
}

func TestWhatIsGoneIsRememberedForADay(t *testing.T) {
	for after, remembered := range map[time.Duration]bool{24 * time.Hour: true, 24*time.Hour + s: false} {
		tr := follow(t,
			look{after: 0, lists: "/a=100 /b=100"},
			look{after: 5 * s, lists: "/a=105"},
			look{after: 10 * s, lists: "/a=110", want: "/b:gone:stopped"},
			look{after: after, lists: fmt.Sprintf("/a=%d", 100+int(after/s))},
		)
		if got := tr.Lookup("/b") != nil; got != remembered {
			t.Errorf("%v after it was seen: remembered %t, want %t", after, got, remembered)
		}
	}
}

func TestAtMostSoManyMountsThatAreGoneAreRemembered(t *testing.T) {
	for _, extra := range []int{0, 1} {
		var tr Tracker
		var all strings.Builder
		for i := range maxAbsent + extra {
			fmt.Fprintf(&all, "/%d=100 ", i)
		}
		tr.Observe(sinceNoon(0), sightings(all.String()+"/a=100"), true, false)
		for i := 1; i <= 4; i++ {
			tr.Observe(sinceNoon(time.Duration(i)*s), sightings(fmt.Sprintf("/a=%d", 100+i)), true, false)
		}
		if got := len(tr.channels) - 1; got != maxAbsent || tr.absent != maxAbsent {
			t.Errorf("%d of %d are remembered, counted %d", got, maxAbsent+extra, tr.absent)
		}
	}
}

// A mount that comes and goes takes no place of another one.
func TestAMountThatFlapsMakesNoOtherForgotten(t *testing.T) {
	var tr Tracker
	tr.Observe(sinceNoon(0), sightings("/a=100 /old=100 /flap=100"), true, false)
	at := time.Duration(0)
	next := func(lists string) {
		at += s
		tr.Observe(sinceNoon(at), sightings(fmt.Sprintf("/a=%d %s", 100+int(at/s), lists)), true, false)
	}
	for range 2 * maxAbsent {
		next("")
		next("")
		next("/flap=0")
	}
	if tr.Lookup("/old") == nil || tr.absent != 1 {
		t.Errorf("a mount that is gone is forgotten; %d are counted as absent", tr.absent)
	}
}

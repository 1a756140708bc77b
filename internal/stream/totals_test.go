package stream

import (
	"fmt"
	"testing"
)

func TestTotalsAddUpTheServersOfAllBlocks(t *testing.T) {
	var totals Totals
	ice, wowza := totals.Join("icecast"), totals.Join("wowza")
	ice.Begin()
	ice.Set("a:8000", false, []Count{{Mount: "/live.mp3", Current: 10}, {Mount: "/rock.mp3", Current: 1}})
	ice.Set("b:8000", false, []Count{{Mount: "/live.mp3", Current: 20}})
	ice.Set("c:8000", true, nil)
	ice.End()
	wowza.Begin()
	wowza.Set("w:8086", false, []Count{{Mount: "/live.mp3", Current: 5}, {Mount: "/live.mp3", Current: 2}, {Mount: "/film.mp4", Current: 3}})
	wowza.End()
	want := "[{/film.mp4 wowza 3 1 1} {/live.mp3  37 3 1} {/rock.mp3 icecast 1 1 1}]"
	if got := sums(&totals); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}

	ice.Begin() // b is no longer configured, c is back and a is read in part
	ice.Set("a:8000", true, []Count{{Mount: "/live.mp3", Current: 11}})
	ice.Set("c:8000", false, []Count{{Mount: "/live.mp3", Current: 30}})
	ice.End()
	wowza.Leave()
	if got, want := sums(&totals), "[{/live.mp3 icecast 41 2 1}]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAChannelThatIsGoneEverywhereHasATotalOfZeroOnce(t *testing.T) {
	var totals Totals
	b := totals.Join("icecast")
	gather := func(first, second Count) string {
		b.Begin()
		b.Set("a:8000", false, []Count{first})
		b.Set("b:8000", false, []Count{second})
		b.End()
		return sums(&totals)
	}
	here, gone := Count{Mount: "/live.mp3", Current: 7}, Count{Mount: "/live.mp3", Gone: true}
	if got, want := gather(here, gone), "[{/live.mp3 icecast 7 1 0}]"; got != want {
		t.Errorf("gone from one server: %s, want %s", got, want)
	}
	if got, want := gather(gone, gone), "[{/live.mp3 icecast 0 0 0}]"; got != want {
		t.Errorf("gone from all: %s, want %s", got, want)
	}
}

func TestTheFirstBlockThatIsLeftSpeaksForAll(t *testing.T) {
	var totals Totals
	a, b := totals.Join("icecast"), totals.Join("icecast")
	if !a.First() || b.First() {
		t.Error("the first block that joined is not the first")
	}
	a.Leave()
	a.Leave()
	if !b.First() || a.First() {
		t.Error("the next block did not take over")
	}
}

func sums(t *Totals) string {
	type sum struct {
		Mount, Platform         string
		Current, Hosts, Missing int64
	}
	var list []sum
	for _, s := range t.Sum() {
		list = append(list, sum{s.Mount, s.Platform, s.Current, s.Hosts, s.Missing})
	}
	return fmt.Sprint(list)
}

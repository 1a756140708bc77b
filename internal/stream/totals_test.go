package stream

import (
	"fmt"
	"testing"
)

func TestTotalsAddUpTheServersOfAllBlocks(t *testing.T) {
	var totals Totals
	ice, wowza := totals.Join("icecast"), totals.Join("wowza")
	ice.Begin()
	ice.Set("a:8000", false, []Count{{"/live.mp3", 10}, {"/rock.mp3", 1}})
	ice.Set("b:8000", false, []Count{{"/live.mp3", 20}})
	ice.Set("c:8000", true, nil)
	ice.End()
	wowza.Begin()
	wowza.Set("w:8086", false, []Count{{"/live.mp3", 5}, {"/live.mp3", 2}, {"/film.mp4", 3}})
	wowza.End()
	want := "[{/film.mp4 wowza 3 1 1} {/live.mp3  37 3 1} {/rock.mp3 icecast 1 1 1}]"
	if got := sums(&totals); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}

	ice.Begin() // b is no longer configured, c is back and a is read in part
	ice.Set("a:8000", true, []Count{{"/live.mp3", 11}})
	ice.Set("c:8000", false, []Count{{"/live.mp3", 30}})
	ice.End()
	wowza.Leave()
	if got, want := sums(&totals), "[{/live.mp3 icecast 41 2 1}]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
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

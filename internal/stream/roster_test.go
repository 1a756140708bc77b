package stream

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Whatever the order of the documents, and whatever is missing from one, a name has the channel that it had.
func TestANameKeepsItsChannelInEveryOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var tr Tracker
	channels := map[string]*Channel{}
	order := make([]int, 40)
	for i := range order {
		order[i] = i
	}
	for round := range 300 {
		switch random.IntN(4) {
		case 0: // as the one before
		case 1: // another order
			random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		default: // one takes another's place
			i, j := random.IntN(len(order)), random.IntN(len(order))
			order[i], order[j] = order[j], order[i]
		}
		listed := order[:random.IntN(len(order)+1)]
		var document []Sighting
		for _, n := range listed {
			document = append(document, Sighting{Name: fmt.Appendf(nil, "/%d", n), Connected: NotTold})
		}
		tr.Observe(sinceNoon(time.Duration(round)*s), document, true, false)
		for _, sighting := range document {
			name := string(sighting.Name)
			if channels[name] == nil {
				channels[name] = sighting.Channel
			}
			if c := sighting.Channel; c != channels[name] || c.Name != name {
				t.Fatalf("round %d: %s has another channel than before, of %q", round, name, c.Name)
			}
		}
		for name, c := range channels {
			if tr.Find([]byte(name)) != c || tr.Lookup(name) != c {
				t.Fatalf("round %d: %s is not found", round, name)
			}
		}
		if len(tr.channels) != len(channels) {
			t.Fatalf("round %d: %d channels, want %d", round, len(tr.channels), len(channels))
		}
	}
	if tr.Lookup("/none") != nil || tr.Find([]byte("/none")) != nil {
		t.Error("a name that was never listed has a channel")
	}
}

// An index by name is made only where a document is not as the one before.
func TestDocumentsInOneOrderNeedNoIndex(t *testing.T) {
	var tr Tracker
	look := func(lists string) bool {
		tr.Observe(sinceNoon(0), sightings(lists), true, false)
		return tr.index != nil
	}
	var got []bool
	for _, lists := range []string{"/b=1 /a=1", "/b=1 /a=1", "/b=1 /a=1", "/a=1 /b=1", "/a=1 /b=1", "/a=1 /b=1", "/a=1"} {
		got = append(got, look(lists))
	}
	if want := []bool{true, false, false, true, false, false, false}; !slices.Equal(got, want) {
		t.Errorf("index %v, want %v", got, want)
	}
	if c := tr.Find([]byte("/a")); c == nil || tr.index != nil {
		t.Errorf("%v, and an index to find the first one", c)
	}
}

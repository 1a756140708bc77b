package stream

import (
	"slices"
	"strings"
	"time"
)

// Limits of what is remembered of mounts that are gone, per server.
const (
	forgetAfter = 24 * time.Hour
	maxAbsent   = 512
)

// tolerance is how far two readings of whole seconds on two clocks may be apart.
const tolerance = 2 * time.Second

// What Connected says besides seconds.
const (
	NotConnected = -1 // there is no source: an idle on-demand relay
	NotTold      = -2 // there is one, and the server does not say since when: Wowza
)

// Sighting is one mount as a document lists it.
type Sighting struct {
	Name      []byte   // as the server spells it; copied if kept
	Connected int64    // whole seconds since the source connected, NotConnected or NotTold
	Channel   *Channel // set by Observe
}

// Event is what happened to a channel since the last document.
type Event uint8

// Events, in the spelling of the event tag.
const (
	None Event = iota
	Started
	Stopped
	Restarted
)

// String returns the value of the event tag.
func (e Event) String() string { return [...]string{"", "started", "stopped", "restarted"}[e] }

// Channel is one mount of one server, as long as it is remembered.
type Channel struct {
	Name     string
	Labels   any   // the caller's; kept with the channel
	Start    int64 // when the source connected, Unix seconds; 0 if it is not connected, or not told
	Uptime   int64 // connected seconds as last read
	Restarts int64 // how often this process saw it come back with a new start

	Downtime time.Duration // of a Restarted: last seen to new start; 0 where unknown
	Event    Event         // of the last Observe or Exact

	present   bool
	gone      bool          // said to be gone
	missed    uint8         // whole documents in a row without it
	seenAt    time.Duration // last document that listed it, on the steady clock
	connected int64         // as last read: seconds, NotConnected or NotTold
	readAt    Moment        // when Uptime was read; zero while there is none
	exact     int64         // the server's own stream_start, 0 until known
	former    int64         // the one before a restart: a stats document may still show it
	round     uint64
}

// Gone says that the mount is not there any more.
func (c *Channel) Gone() bool { return c.gone }

// Connected says whether a source is connected, and since when is known.
func (c *Channel) Connected() bool { return c.present && c.connected >= 0 }

// Tracker follows the mounts of one server from document to document. It is used by one goroutine at a time.
type Tracker struct {
	roster
	settled bool // a whole document has been read: what is new from now on has started
	round   uint64
	absent  int // channels that are gone and still remembered
}

// Observe takes the mounts of one document, read at the given moment, sets the channel of each, and returns those
// that are gone with it, until the next call. whole says that the end of the document was read; if not, nothing is said
// of mounts that it does not list. serverRestarted says that the server is known to have started anew. A name that is listed twice
// has the same channel twice.
func (t *Tracker) Observe(at Moment, sightings []Sighting, whole, serverRestarted bool) (gone []*Channel) {
	t.round++
	t.match(sightings)
	step := clockStep(at, sightings)
	distinct, back, same := 0, 0, 0
	for i := range sightings {
		c := sightings[i].Channel
		if c.round == t.round {
			continue
		}
		c.round = t.round
		distinct++
		known := c.Connected()
		t.see(c, at, sightings[i].Connected, step)
		switch {
		case known && c.Event == Restarted:
			back++
		case known:
			same++
		}
	}
	if whole {
		if distinct < len(t.channels) {
			gone = t.missing(at, serverRestarted || back > 1 && same == 0)
		}
		t.settled = true
	}
	return gone
}

// see brings one listed channel up to date.
func (t *Tracker) see(c *Channel, at Moment, connected int64, step time.Duration) {
	wasPresent, wasGone := c.present, c.gone
	c.Event, c.Downtime = None, 0
	if wasGone {
		t.absent--
	}
	c.present, c.gone, c.missed = true, false, 0
	switch {
	case connected < 0:
		// An on-demand relay without listeners: when it wakes up, its new start is no failure of anybody's.
		c.Start, c.Uptime, c.exact, c.former = 0, 0, 0, 0
		c.readAt = Moment{}
	case c.readAt.isZero():
		c.begin(at, connected)
	case c.isNew(at, connected, step):
		c.restart(at, connected)
	default:
		if c.exact == 0 {
			c.Start += wallStep(c.readAt, at)
		}
		c.Uptime = connected
	}
	if connected >= 0 {
		c.readAt = at
	}
	c.connected = connected
	if c.Event == None && connected != NotConnected && t.settled && (wasGone || !wasPresent) {
		c.Event = Started
	}
	c.seenAt = at.Steady
}

// isNew says whether a source that has been connected for so many seconds is another one than at readAt.
func (c *Channel) isNew(at Moment, connected int64, step time.Duration) bool {
	elapsed := at.sub(c.readAt)
	age := time.Duration(connected) * time.Second
	expected := time.Duration(c.Uptime)*time.Second + elapsed
	if step != 0 && (age-step-expected).Abs() <= tolerance {
		return false
	}
	return age <= elapsed+tolerance && age < expected-tolerance
}

// begin notes the first sight of a source.
func (c *Channel) begin(at Moment, connected int64) {
	c.Start = at.unix() - connected
	c.Uptime = connected
	c.exact = 0
}

// restart notes another source.
func (c *Channel) restart(at Moment, connected int64) {
	c.former = c.exact
	c.begin(at, connected)
	c.Restarts++
	c.Event = Restarted
	c.Downtime = max(0, at.Steady-c.seenAt-time.Duration(connected)*time.Second)
}

// Exact takes the server's own stream_start of a connected channel, in Unix seconds, read at the given moment. It finds a restart that
// was too quick for the connected seconds to tell.
func (c *Channel) Exact(at Moment, start int64) {
	switch {
	case !c.Connected() || start <= 0 || start == c.former:
	case c.exact == 0:
		c.exact, c.Start = start, start
	case c.exact != start:
		c.former, c.exact, c.Start = c.exact, start, start
		c.Restarts++
		c.Event, c.Downtime = Restarted, 0
		c.Uptime, c.readAt = 0, at // the next connected seconds count from here
	}
}

// missing finds the channels that a whole document does not list, and forgets those that have long been gone.
func (t *Tracker) missing(at Moment, serverRestarted bool) (lost []*Channel) {
	t.forget(func(c *Channel) bool {
		switch {
		case c.round == t.round:
			return false
		case c.gone:
			old := at.Steady-c.seenAt > forgetAfter || t.absent > maxAbsent
			if old {
				t.absent--
			}
			return old
		}
		if c.missed++; c.missed < 2 && !serverRestarted {
			return false
		}
		c.present, c.gone = false, true
		c.Event, c.Downtime = None, 0
		if c.connected != NotConnected {
			c.Event = Stopped
		}
		t.absent++
		lost = append(lost, c)
		return false
	})
	slices.SortFunc(lost, func(a, b *Channel) int { return strings.Compare(a.Name, b.Name) })
	return lost
}

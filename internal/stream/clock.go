package stream

import "time"

// Moment is an instant on two clocks: the wall clock, which says when something was and may be set, and a
// steady one, which says how much time passed.
type Moment struct {
	Wall   int64         // Unix nanoseconds
	Steady time.Duration // since some fixed moment of this process
}

var processStart = time.Now()

// At returns the moment of a time that has its monotonic reading, as time.Now gives it.
func At(t time.Time) Moment { return Moment{Wall: t.UnixNano(), Steady: t.Sub(processStart)} }

// sub returns how much time passed from o to m.
func (m Moment) sub(o Moment) time.Duration { return m.Steady - o.Steady }

// unix is the wall clock in whole seconds.
func (m Moment) unix() int64 { return m.Wall / int64(time.Second) }

func (m Moment) isZero() bool { return m == Moment{} }

// clockStep returns by how much the server's clock was set since the last document: the same for every source that is
// surely the one it was, because it is older than the last look. It is 0 unless such a source shows
// a change beyond the tolerance, and unless all of them agree.
func clockStep(at Moment, sightings []Sighting) time.Duration {
	var step time.Duration
	found := false
	for i := range sightings {
		c, connected := sightings[i].Channel, sightings[i].Connected
		if c.readAt.isZero() || connected < 0 {
			continue
		}
		elapsed := at.sub(c.readAt)
		age := time.Duration(connected) * time.Second
		if age <= elapsed+tolerance {
			continue
		}
		shift := age - time.Duration(c.Uptime)*time.Second - elapsed
		if found && (shift-step).Abs() > tolerance {
			return 0
		}
		if !found {
			step, found = shift, true
		}
	}
	if step.Abs() <= tolerance {
		return 0
	}
	return step
}

// wallStep returns by how many seconds our own wall clock was set between two moments.
func wallStep(from, to Moment) int64 {
	step := time.Duration(to.Wall-from.Wall) - to.sub(from)
	if step.Abs() <= tolerance {
		return 0
	}
	return int64(step.Round(time.Second) / time.Second)
}

package fleet

import "time"

// A server that failed several times in a row is asked less often: every 2nd, 4th, 8th, then every 10th
// gather, but at least every five minutes. One success sets it back.
const (
	patience   = 5 // failures in a row before it begins
	maxGathers = 10
	maxPause   = 5 * time.Minute
)

type backoff struct {
	failures int
	pause    int // gathers to let pass
	passed   int
	asked    time.Time
}

// due counts one gather, and says whether the server is asked in it.
func (b *backoff) due(at time.Time) bool {
	b.passed++
	return b.passed > b.pause || at.Sub(b.asked) >= maxPause
}

func (b *backoff) failed(at time.Time) {
	b.failures++
	b.asked, b.passed = at, 0
	if b.failures >= patience {
		b.pause = min(1<<min(b.failures-patience+1, 10), maxGathers) - 1
	}
}

func (b *backoff) succeeded() { *b = backoff{} }

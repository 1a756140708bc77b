package report

import (
	"fmt"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/poll"
)

// trouble decides what of a document's exchanges is worth a line in the log: the first failure of a kind, and the end of
// it. What goes on in between is in the response measurement, at every gather.
type trouble struct {
	result poll.Result
	since  time.Time
	count  int
}

// note takes one exchange. One that was skipped changes nothing.
func (t *trouble) note(g *Gather, what string, ex *poll.Exchange) {
	switch {
	case ex.Result == poll.Skipped:
		return
	case ex.Result == poll.Success:
		if t.count > 0 {
			g.Log.Infof("%s is read again; failed reads in a row: %d, for %s", what, t.count, g.At.Sub(t.since).Round(time.Second))
			*t = trouble{}
		}
		return
	case t.count == 0:
		t.since = g.At
	}
	if t.count++; ex.Result != t.result {
		t.result = ex.Result
		g.Acc.AddError(fmt.Errorf("%s: %w", what, ex.Err))
	}
}

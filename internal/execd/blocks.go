package execd

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/influxdata/telegraf"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/report"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
)

// Block is one plugin block, with Init called.
type Block struct {
	Kind  string            // "icecast" or "wowza"
	Input telegraf.Input    // its logger is set by this package
	Tags  map[string]string // added to all of its points
}

// blocks is all blocks as one input.
type blocks struct {
	list  []Block
	logs  []telegraf.Logger
	lines *emit.Lines

	begun  atomic.Int64 // gathers so far
	busy   atomic.Bool
	unread atomic.Int64 // servers of the last gather that were not read whole
	err    error        // of the last write
}

func newBlocks(list []Block, w io.Writer) *blocks {
	b := &blocks{list: list, lines: emit.NewLines(w)}
	for _, block := range list {
		b.logs = append(b.logs, newLogger(block))
		if t, ok := block.Input.(interface{ SetTags(tags map[string]string) }); ok {
			t.SetTags(block.Tags)
		}
	}
	return b
}

// SampleConfig is part of telegraf.Input. The blocks have their own.
func (*blocks) SampleConfig() string { return "" }

// Start does nothing; Stop needs it to be a service input.
func (*blocks) Start(telegraf.Accumulator) error { return nil }

// Stop ends a gather in flight and closes the connections of all blocks.
func (b *blocks) Stop() {
	for _, block := range b.list {
		if s, ok := block.Input.(telegraf.ServiceInput); ok {
			s.Stop()
		}
	}
}

// Gather gathers all blocks at the same time, then emits the totals over all of them, then writes what is left. It
// returns no error: the shim would print it raw, and Telegraf would take that for an unknown line of standard error.
func (b *blocks) Gather(acc telegraf.Accumulator) error {
	b.begun.Add(1)
	b.busy.Store(true)
	defer b.busy.Store(false)
	b.unread.Store(0)
	at := time.Now()
	var wg sync.WaitGroup
	for i, block := range b.list {
		wg.Go(func() {
			if err := block.Input.Gather(&accumulator{Accumulator: acc, blocks: b, log: b.logs[i], at: at}); err != nil {
				b.logs[i].Errorf("gathering failed: %v", err)
			}
		})
	}
	wg.Wait()
	report.Totals(b.lines, &stream.ProcessTotals, at)
	if b.err = b.lines.Flush(); b.err != nil {
		b.logs[0].Errorf("writing to standard output: %v", b.err)
	}
	return nil
}

// accumulator is what one block gets in one gather. Its points go straight to the lines, its errors to the log; the rest of
// the interface, which the plugins of this project do not use, is that of the shim.
type accumulator struct {
	telegraf.Accumulator
	blocks *blocks
	log    telegraf.Logger
	at     time.Time
}

var (
	_ report.Joint = (*accumulator)(nil)
	_ emit.Sink    = (*accumulator)(nil)
)

func (a *accumulator) Add(p *emit.Point)     { a.blocks.lines.Add(p) }
func (a *accumulator) AddError(err error)    { a.log.Error(err.Error()) }
func (a *accumulator) GatherTime() time.Time { return a.at }
func (a *accumulator) Unread()               { a.blocks.unread.Add(1) }

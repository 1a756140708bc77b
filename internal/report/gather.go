// Package report is what both plugins say in the same words: how an exchange went, what a server and a
// channel add up to, what happened to a source, and when an error is worth a line in the log.
package report

import (
	"time"

	"github.com/influxdata/telegraf"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
)

// Joint is an accumulator of a process that gathers all its blocks at once: they share one time, and whoever
// runs them emits the totals when all are done.
type Joint interface {
	telegraf.Accumulator
	GatherTime() time.Time
	Unread() // counts a server that was not read whole
}

// Gather is one call of a plugin's Gather: where its points, errors and log lines go, and the one time of all of them.
type Gather struct {
	Acc    telegraf.Accumulator
	Log    telegraf.Logger
	Sink   emit.Sink
	At     time.Time
	Totals *stream.BlockTotals // nil with totals = false

	joint Joint // or nil
	begun time.Time
}

// Now is the time of something within the gather, on the same clock as At.
func (g *Gather) Now() time.Time { return g.At.Add(time.Since(g.begun)) }

// Begin starts a gather.
func Begin(acc telegraf.Accumulator, log telegraf.Logger, totals *stream.BlockTotals) *Gather {
	g := &Gather{Acc: acc, Log: log, Sink: emit.To(acc), Totals: totals, begun: time.Now()}
	g.At = g.begun
	if j, ok := acc.(Joint); ok {
		g.At, g.joint = j.GatherTime(), j
	}
	if totals != nil {
		totals.Begin()
	}
	return g
}

// End ends it. Where the blocks of a process gather each at its own time, as in a custom Telegraf, the first one emits the
// totals, with what the others said last.
func (g *Gather) End() {
	if g.Totals == nil {
		return
	}
	g.Totals.End()
	if g.joint == nil && g.Totals.First() {
		Totals(g.Sink, &stream.ProcessTotals, g.At)
	}
}

// Totals emits every channel's sum over all servers of all blocks.
func Totals(sink emit.Sink, totals *stream.Totals, at time.Time) {
	var p emit.Point
	for _, t := range totals.Sum() {
		series := emit.NewSeries(nil, emit.Tag{Key: schema.TagMount, Value: t.Mount}, emit.Tag{Key: schema.TagPlatform, Value: t.Platform})
		p.Reset(schema.MeasurementListenersByMount, series, at)
		p.Int(schema.FieldCurrent, t.Current)
		p.Int(schema.FieldHosts, t.Hosts)
		p.Int(schema.FieldHostsMissing, t.Missing)
		sink.Add(&p)
	}
}

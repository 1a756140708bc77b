// Package icecast is a Telegraf input plugin that says who is listening to which mount of which Icecast server, now.
//
// It reads two documents of Icecast's admin interface: /admin/listmounts at every gather, which is small and
// has the listeners and the age of every source, and /admin/stats at a cadence of its own, which has everything
// else. Icecast-KH, 2.4 and 2.5 are told apart by what they send, never by a version string.
//
// What a document says is parsed into plain structs (listmounts.go, stats.go), held against the gather before
// (internal/stream), and emitted (points.go). The package registers itself with Telegraf, so it also compiles into a custom Telegraf.
package icecast

import (
	"context"
	_ "embed"
	"slices"
	"sync"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/filter"
	"github.com/influxdata/telegraf/plugins/inputs"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/option"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/poll"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/report"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
)

//go:embed sample.conf
var sampleConfig string

const platform = "icecast"

// Icecast is the input plugin: the options of one [[inputs.icecast]] block.
type Icecast struct {
	fleet.Options
	StatsInterval config.Duration `toml:"stats_interval"` // 0: every gather, negative: never
	MountsInclude []string        `toml:"mounts_include"` // globs on the mount tag
	MountsExclude []string        `toml:"mounts_exclude"`
	MaxMounts     int             `toml:"max_mounts"` // per server, first ones of the document
	Metadata      []string        `toml:"metadata"`   // text fields of the metadata measurement

	Log telegraf.Logger `toml:"-"`

	fleet    *fleet.Fleet
	mounts   filter.Filter
	filtered bool // mounts refuses some
	texts    [textNodes]bool
	totals   *stream.BlockTotals // nil with totals = false
	workers  sync.Pool

	ctx    context.Context //nolint:containedctx // Telegraf's Gather has none: this one ends with Stop
	cancel context.CancelFunc
}

// SampleConfig returns the documented example configuration.
func (*Icecast) SampleConfig() string { return sampleConfig }

// Init checks the options and builds one HTTP client per server. Errors are *option.Error.
func (i *Icecast) Init() error {
	if err := i.Validate(); err != nil {
		return err
	}
	for _, e := range i.Endpoints() {
		if e.URL.RawQuery != "" || e.URL.ForceQuery {
			return option.ItemErrorf("urls", e.Index, "a query (?…) means nothing to Icecast: remove it")
		}
	}
	if i.MaxMounts <= 0 {
		return option.Errorf("max_mounts", "must be at least 1; the default is 2000")
	}
	var err error
	if i.mounts, err = filter.NewIncludeExcludeFilter(i.MountsInclude, i.MountsExclude); err != nil {
		return option.Errorf("mounts_include", "a glob of mounts_include or mounts_exclude cannot be read: %w", err)
	}
	i.filtered = len(i.MountsInclude)+len(i.MountsExclude) > 0
	if err := i.chooseTexts(); err != nil {
		return err
	}
	i.fleet, err = fleet.New(&i.Options, fleet.Transport{Auth: poll.AuthBasic, PreemptiveBasic: true})
	if err != nil {
		return err
	}
	i.workers.New = func() any { return newWorker() }
	i.ctx, i.cancel = context.WithCancel(context.Background())
	if i.Totals {
		i.totals = stream.ProcessTotals.Join(platform)
	}
	return nil
}

// chooseTexts reads the metadata option: all but the personal ones where it is not given.
func (i *Icecast) chooseTexts() error {
	if i.Metadata == nil {
		for t := range textNodes {
			i.texts[t] = t != txtSourceIP && t != txtUserAgent
		}
		return nil
	}
	for n, name := range i.Metadata {
		t := slices.Index(metadataFields[:], name)
		if t < 0 {
			return option.ItemErrorf("metadata", n, "%q is no text field: write some of %q", name, metadataFields)
		}
		i.texts[t] = true
	}
	return nil
}

// Describe says what will be polled, one line a server, without credentials. It is valid after Init.
func (i *Icecast) Describe() []string {
	heavy := "never"
	switch interval := time.Duration(i.StatsInterval); {
	case interval == 0:
		heavy = "at every gather"
	case interval > 0:
		heavy = "every " + interval.String()
	}
	lines := []string{"[[inputs.icecast]] " + i.Options.Describe() + ", " + statsPath + " " + heavy}
	for _, e := range i.Endpoints() {
		lines = append(lines, "  "+e.Where(listmountsPath))
	}
	return lines
}

// Start does nothing; Stop needs it to be a service input.
func (*Icecast) Start(telegraf.Accumulator) error { return nil }

// Stop ends a gather in flight and closes all connections.
func (i *Icecast) Stop() {
	i.cancel()
	i.fleet.Close()
	if i.totals != nil {
		i.totals.Leave()
	}
}

// Gather polls every server of the block once. Errors of single servers go to acc.AddError, each when it begins; Gather itself returns none.
func (i *Icecast) Gather(acc telegraf.Accumulator) error {
	g := &gather{Gather: report.Begin(acc, i.Log, i.totals), plugin: i}
	i.fleet.Each(i.ctx, g.At, g)
	g.End()
	return nil
}

func init() {
	inputs.Add(platform, func() telegraf.Input {
		return &Icecast{
			Options:       fleet.Defaults(),
			StatsInterval: config.Duration(time.Minute),
			MaxMounts:     2000,
		}
	})
}

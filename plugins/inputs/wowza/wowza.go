// Package wowza is a Telegraf input plugin that says who is listening to which stream of which Wowza server, now, by protocol.
//
// It reads one document: the answer of Wowza's HTTP provider HTTPConnectionCountsXML, which has the
// sessions of every stream and the connection counters of every level above. Wowza Media Server 2 and 3 and Wowza Streaming
// Engine 4 are read alike, in the nested and the flat form.
//
// What the document says is parsed into plain structs (connectioncounts.go), held against the gather before
// (internal/stream), and emitted (points.go). The package registers itself with Telegraf, so it also compiles into a custom Telegraf.
package wowza

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/influxdata/telegraf"
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

const (
	platform    = "wowza"
	endpoint    = "connectioncounts"
	defaultPath = "/connectioncounts" // VHost.xml, HTTPProvider RequestFilters

	// keepAlive is less than Wowza's own (VHost.xml, HTTPProvider KeepAliveTimeout, 2000 ms), so that no request goes out on a
	// connection that is just being closed.
	keepAlive = 1500 * time.Millisecond
)

// Wowza is the input plugin: the options of one [[inputs.wowza]] block.
type Wowza struct {
	fleet.Options
	Auth           string   `toml:"auth"`            // "auto", "digest", "basic", "none"
	Levels         []string `toml:"levels"`          // server, vhost, application, instance, stream
	StreamsInclude []string `toml:"streams_include"` // globs on the decoded stream name
	StreamsExclude []string `toml:"streams_exclude"`
	MaxStreams     int      `toml:"max_streams"` // per server, first ones of the document

	Log telegraf.Logger `toml:"-"`

	fleet    *fleet.Fleet
	paths    []string // to ask for, by the index of the URL
	levels   [levels]bool
	streams  filter.Filter
	filtered bool                // streams refuses some
	totals   *stream.BlockTotals // nil with totals = false
	workers  sync.Pool

	ctx    context.Context //nolint:containedctx // Telegraf's Gather has none: this one ends with Stop
	cancel context.CancelFunc
}

// SampleConfig returns the documented example configuration.
func (*Wowza) SampleConfig() string { return sampleConfig }

// authMethods are the values of the auth option.
var authMethods = map[string]poll.Auth{
	"auto": poll.AuthAuto, "digest": poll.AuthDigest, "basic": poll.AuthBasic, "none": poll.AuthNone,
}

// Init checks the options and builds one HTTP client per server. Errors are *option.Error.
func (w *Wowza) Init() error {
	if err := w.Validate(); err != nil {
		return err
	}
	auth, ok := authMethods[w.Auth]
	switch {
	case !ok:
		return option.Errorf("auth", `%q is not known: write "auto", "digest", "basic" or "none"`, w.Auth)
	case auth == poll.AuthNone && w.Username != "":
		return option.Errorf("auth", `"none" sends no credentials, and username is set: remove one of them`)
	case w.MaxStreams <= 0:
		return option.Errorf("max_streams", "must be at least 1; the default is 2000")
	}
	for i, name := range w.Levels {
		l := slices.Index(levelNames[:], name)
		if l < 0 {
			return option.ItemErrorf("levels", i, "%q is no level: write some of %q", name, levelNames)
		}
		w.levels[l] = true
	}
	var err error
	if w.streams, err = filter.NewIncludeExcludeFilter(w.StreamsInclude, w.StreamsExclude); err != nil {
		return option.Errorf("streams_include", "a glob of streams_include or streams_exclude cannot be read: %w", err)
	}
	w.filtered = len(w.StreamsInclude)+len(w.StreamsExclude) > 0
	w.takePaths()
	if w.fleet, err = fleet.New(&w.Options, fleet.Transport{Auth: auth, KeepAlive: keepAlive}); err != nil {
		return err
	}
	w.workers.New = func() any { return &worker{doc: newConnectionCounts()} }
	w.ctx, w.cancel = context.WithCancel(context.Background())
	if w.Totals {
		w.totals = stream.ProcessTotals.Join(platform)
	}
	return nil
}

// takePaths moves what is asked for out of the URLs: a URL without a path asks for the provider's usual one.
func (w *Wowza) takePaths() {
	for _, e := range w.Endpoints() {
		path := e.URL.EscapedPath()
		if strings.Trim(path, "/") == "" {
			path = defaultPath
		}
		if e.URL.RawQuery != "" {
			path += "?" + e.URL.RawQuery
		}
		e.URL.Path, e.URL.RawPath, e.URL.RawQuery = "", "", ""
		w.paths = append(w.paths, path)
	}
}

// Describe says what will be polled, one line a server, without credentials. It is valid after Init.
func (w *Wowza) Describe() []string {
	lines := []string{"[[inputs.wowza]] " + w.Options.Describe() + ", auth " + w.Auth}
	for _, e := range w.Endpoints() {
		path, _, _ := strings.Cut(w.paths[e.Index], "?") // a query may hold a secret
		lines = append(lines, "  "+e.Where(path))
	}
	return lines
}

// Start does nothing; Stop needs it to be a service input.
func (*Wowza) Start(telegraf.Accumulator) error { return nil }

// Stop ends a gather in flight and closes all connections.
func (w *Wowza) Stop() {
	w.cancel()
	w.fleet.Close()
	if w.totals != nil {
		w.totals.Leave()
	}
}

// Gather polls every server of the block once. Errors of single servers go to acc.AddError, each when it begins; Gather itself returns none.
func (w *Wowza) Gather(acc telegraf.Accumulator) error {
	g := &gather{Gather: report.Begin(acc, w.Log, w.totals), plugin: w}
	w.fleet.Each(w.ctx, g.At, g)
	g.End()
	return nil
}

func init() {
	inputs.Add(platform, func() telegraf.Input {
		return &Wowza{
			Options:    fleet.Defaults(),
			Auth:       "auto",
			Levels:     slices.Clone(levelNames[:]), // TOML decodes into it
			MaxStreams: 2000,
		}
	})
}

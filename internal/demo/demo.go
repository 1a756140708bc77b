// Package demo is the program's -demo: emulated servers inside the process, and plugin blocks that poll them.
package demo

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/plugins/inputs"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/execd"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/wowza"
)

// Interval is how often the demonstration is polled, and how often its servers change.
const Interval = 2 * time.Second

// statsInterval is shorter than the default, so that titles and peaks are seen within a short demonstration.
const statsInterval = 10 * time.Second

// Demo is a running demonstration.
type Demo struct {
	world  *emulator.World
	blocks []execd.Block
	wg     sync.WaitGroup
	cancel context.CancelFunc
}

// Start starts the servers and builds one block of each plugin for them.
func Start() (*Demo, error) {
	world, err := emulator.StartWorld(1, time.Now)
	if err != nil {
		return nil, err
	}
	d := &Demo{world: world, cancel: func() {}}
	ice := inputs.Inputs["icecast"]().(*icecast.Icecast)
	wow := inputs.Inputs["wowza"]().(*wowza.Wowza)
	ice.StatsInterval = config.Duration(statsInterval)
	ice.Aliases, wow.Aliases = map[string]string{}, map[string]string{}
	for _, s := range world.Servers() {
		u, err := url.Parse(s.URL)
		if err != nil {
			return nil, fmt.Errorf("emulated server: %w", err)
		}
		options := &ice.Options
		if s.Platform == "wowza" {
			options = &wow.Options
		}
		options.URLs = append(options.URLs, s.URL)
		options.Username, options.Password = s.Username, s.Password
		options.Aliases[u.Host] = s.Name
	}
	for kind, input := range map[string]telegraf.Initializer{"icecast": ice, "wowza": wow} {
		if err := input.Init(); err != nil {
			world.Close()
			return nil, err
		}
		d.blocks = append(d.blocks, execd.Block{Kind: kind, Input: input.(telegraf.Input)})
	}
	return d, nil
}

// Blocks are the blocks to run.
func (d *Demo) Blocks() []execd.Block { return d.blocks }

// Live lets the servers change until ctx ends, or Close is called.
func (d *Demo) Live(ctx context.Context) {
	ctx, d.cancel = context.WithCancel(ctx)
	d.wg.Go(func() {
		tick := time.NewTicker(Interval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := d.world.Step(); err != nil {
					fmt.Fprintln(os.Stderr, "W! demonstration: "+err.Error())
				}
			}
		}
	})
}

// Close ends the servers.
func (d *Demo) Close() {
	d.cancel()
	d.wg.Wait()
	d.world.Close()
}

// Endless is a standard input that has no prompts and ends with ctx: the demonstration gathers by itself, also where its own standard
// input is closed.
func Endless(ctx context.Context) io.Reader {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { _ = w.Close() })
	return r
}

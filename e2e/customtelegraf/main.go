// Command customtelegraf is the smallest Telegraf that has the two plugins compiled in, without the shim: the agent, both
// inputs, and the file output.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/influxdata/telegraf/agent"
	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/logger"
	_ "github.com/influxdata/telegraf/plugins/outputs/file"
	_ "github.com/influxdata/telegraf/plugins/serializers/influx"

	_ "github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
	_ "github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/wowza"
)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file string) error {
	c := config.NewConfig()
	if err := c.LoadAll(file); err != nil {
		return err
	}
	if err := logger.SetupLogging(&logger.Config{}); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return agent.NewAgent(c).Run(ctx)
}

// Command telegraf-icecast-wowza is an external plugin of Telegraf: it says every few seconds who is listening to which channel on which
// Icecast and Wowza server.
//
// Telegraf starts it through inputs.execd and sends it a newline on standard input whenever it wants points; the program
// answers with line protocol on standard output, and logs to standard error in the form that Telegraf understands.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
	_ "github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
	_ "github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/wowza"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1 // the configuration is refused, or with -once a server was not read
	exitUsage  = 2 // the command line is not understood
)

const usage = `telegraf-icecast-wowza says who is listening to which channel on which Icecast and Wowza server.
It is run by Telegraf:

  [[inputs.execd]]
    command = ["telegraf-icecast-wowza", "-config", "/etc/telegraf-icecast-wowza.conf"]
    signal = "STDIN"
    interval = "5s"

Flags:
  -config FILE             configuration: [[inputs.icecast]] and [[inputs.wowza]] blocks
  -once                    gather once to standard output; exit status 0 only if every server was read
  -check                   read the configuration and say what will be polled; poll nothing
  -demo                    poll emulated servers inside this process: nothing to install or configure
  -poll_interval DURATION  gather by itself, for signal = "none" (default: only when Telegraf asks)
  -sample-config           print an example configuration
  -schema[=json]           print the metric contract as Markdown or JSON
  -version                 print the version
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// flags are the command line.
type flags struct {
	config       string
	once         bool
	check        bool
	demo         bool
	sample       bool
	version      bool
	schema       schemaFlag
	pollInterval time.Duration
}

// schemaFlag is "", "markdown" or "json": -schema alone is Markdown.
type schemaFlag string

func (f *schemaFlag) String() string   { return string(*f) }
func (f *schemaFlag) IsBoolFlag() bool { return true }
func (f *schemaFlag) Set(value string) error {
	switch value {
	case "true", "markdown":
		*f = "markdown"
	case "json":
		*f = "json"
	default:
		return fmt.Errorf("write -schema or -schema=json")
	}
	return nil
}

// run is the program; it returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var f flags
	set := flag.NewFlagSet("telegraf-icecast-wowza", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.Usage = func() { fmt.Fprint(stderr, usage) }
	set.StringVar(&f.config, "config", "", "")
	set.BoolVar(&f.once, "once", false, "")
	set.BoolVar(&f.check, "check", false, "")
	set.BoolVar(&f.demo, "demo", false, "")
	set.BoolVar(&f.sample, "sample-config", false, "")
	set.BoolVar(&f.version, "version", false, "")
	set.Var(&f.schema, "schema", "")
	set.DurationVar(&f.pollInterval, "poll_interval", 0, "")
	switch err := set.Parse(args); {
	case err == flag.ErrHelp: //nolint:errorlint // Parse returns the bare value
		return exitOK
	case err != nil:
		return exitUsage
	}
	if problem := f.problem(set.Args()); problem != "" {
		fmt.Fprintf(stderr, "%s; -help says more\n", problem)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := f.do(ctx, stdin, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "E! "+err.Error())
		return exitFailed
	}
	return exitOK
}

// problem says what is wrong with the flags, or nothing.
func (f *flags) problem(rest []string) string {
	prints := f.sample || f.version || f.schema != ""
	switch {
	case len(rest) > 0:
		return fmt.Sprintf("unexpected argument %q: the configuration file is given with -config", rest[0])
	case f.pollInterval < 0:
		return "-poll_interval must not be negative"
	case f.demo && f.config != "":
		return "-demo has servers of its own: leave out -config"
	case f.check && f.demo:
		return "-check checks a configuration: leave out -demo"
	case f.config == "" && !f.demo && !prints:
		return "no configuration: write -config FILE, or -demo to see it work without one"
	}
	return ""
}

// do does what the flags say.
func (f *flags) do(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	switch {
	case f.version:
		return printVersion(stdout)
	case f.sample:
		return printSample(stdout)
	case f.schema == "json":
		return schema.WriteJSON(stdout)
	case f.schema != "":
		return schema.WriteMarkdown(stdout, schema.Both)
	case f.demo:
		return f.runDemo(ctx, stdin, stdout, stderr)
	}
	return f.runConfig(ctx, stdin, stdout, stderr)
}

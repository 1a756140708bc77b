package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/influxdata/telegraf/plugins/inputs"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/config"
)

// version is set with -ldflags "-X main.version=…" for a release; otherwise it is that of the module.
var version = ""

func printVersion(w io.Writer) error {
	v := version
	if info, ok := debug.ReadBuildInfo(); ok && v == "" {
		v = info.Main.Version
	}
	if v == "" {
		v = "(devel)"
	}
	_, err := fmt.Fprintf(w, "telegraf-icecast-wowza %s (%s, %s/%s)\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// printSample prints the example configuration of both plugins, as one file.
func printSample(w io.Writer) error {
	for i, kind := range config.Kinds {
		separator := ""
		if i > 0 {
			separator = "\n"
		}
		if _, err := fmt.Fprint(w, separator, inputs.Inputs[kind]().SampleConfig()); err != nil {
			return err
		}
	}
	return nil
}

//go:build bench

package main

import "github.com/influxdata/telegraf"

// quiet is a logger for parsers that insist on one.
type quiet struct{ telegraf.Logger }

func (quiet) Debugf(string, ...any)    {}
func (quiet) Debug(...any)             {}
func (quiet) Warnf(string, ...any)     {}
func (quiet) Level() telegraf.LogLevel { return telegraf.Error }

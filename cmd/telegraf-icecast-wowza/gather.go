package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/config"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/demo"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/execd"
)

// runConfig runs the blocks of a configuration file.
func (f *flags) runConfig(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	file, err := config.Load(f.config, os.LookupEnv)
	if err != nil {
		return err
	}
	if err := file.Init(); err != nil {
		return err
	}
	if f.check {
		return check(file, stdout)
	}
	o := execd.Options{Stdin: stdin, Stdout: stdout, Stderr: stderr, PollInterval: f.pollInterval}
	for _, b := range file.Blocks {
		o.Blocks = append(o.Blocks, execd.Block{Kind: b.Kind, Input: b.Input, Tags: b.Tags})
	}
	return f.gather(ctx, o)
}

// runDemo runs blocks for emulated servers, which go on living while they are polled.
func (f *flags) runDemo(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	d, err := demo.Start()
	if err != nil {
		return err
	}
	defer d.Close()
	o := execd.Options{Stdin: stdin, Stdout: stdout, Stderr: stderr, PollInterval: f.pollInterval, Blocks: d.Blocks()}
	if !f.once {
		fmt.Fprintln(stderr, "I! demonstration: polling four emulated Icecast and two Wowza servers of this process; end it with Ctrl-C")
		if o.PollInterval == 0 {
			o.PollInterval = demo.Interval
		}
		o.Stdin = demo.Endless(ctx)
		d.Live(ctx)
	}
	return f.gather(ctx, o)
}

func (f *flags) gather(ctx context.Context, o execd.Options) error {
	if !f.once {
		return execd.Run(ctx, o)
	}
	unread, err := execd.Once(ctx, o)
	if err == nil && unread > 0 {
		err = fmt.Errorf("%d servers were not read", unread)
	}
	return err
}

// check says what a configuration will poll.
func check(file *config.File, stdout io.Writer) error {
	for _, b := range file.Blocks {
		p, ok := b.Input.(interface{ Describe() []string })
		if !ok {
			continue
		}
		for _, line := range p.Describe() {
			fmt.Fprintln(stdout, line)
		}
	}
	_, err := fmt.Fprintln(stdout, "the configuration is good; nothing was polled")
	return err
}

//go:build bench

package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" { // started by a part that measures a process of its own
		if err := child(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	only := flag.String("only", "parse,line,poll,memory,chain,binary", "parts to run")
	quick := flag.Bool("quick", false, "a few rounds of small sizes: to see that it works, not to be believed")
	flag.Parse()
	if err := run(strings.Split(*only, ","), *quick); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bench is one run of the command.
type bench struct {
	*report
	quick   bool
	dir     string                 // for files
	program func() (string, error) // builds the program as it is released, once
}

func run(parts []string, quick bool) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{
		report: &report{out: os.Stdout, quick: quick}, quick: quick, dir: dir,
		program: sync.OnceValues(func() (string, error) { return buildProgram(dir) }),
	}
	fmt.Fprintf(b.out, "%s/%s, %s, %s\n", runtime.GOOS, runtime.GOARCH, runtime.Version(), cpu())
	all := []struct {
		name string
		run  func() error
	}{
		{"parse", b.readPart}, {"line", b.linePart}, {"poll", b.pollPart}, {"memory", b.memoryPart}, {"chain", b.chainPart}, {"binary", b.binaryPart},
	}
	var errs []error
	for _, part := range all {
		if at := slices.Index(parts, part.name); at >= 0 {
			parts = slices.Delete(parts, at, at+1)
			if err := part.run(); err != nil { // the other parts have their say all the same
				errs = append(errs, fmt.Errorf("%s: not measured: %w", part.name, err))
			}
		}
	}
	if len(parts) > 0 {
		errs = append(errs, fmt.Errorf("there are no such parts: %q", parts))
	}
	b.end()
	return errors.Join(errs...)
}

// cpu is the model of the processor, where the system says so.
func cpu() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model)
		}
	}
	return "unknown processor"
}

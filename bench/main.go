//go:build bench

package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "child" { // started by a part that measures a process of its own
		if err := child(os.Args[2:]); err != nil {
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

func run(parts []string, quick bool) error {
	r := &report{out: os.Stdout}
	fmt.Fprintf(r.out, "%s/%s, %s, %s\n", runtime.GOOS, runtime.GOARCH, runtime.Version(), cpu())
	sizes, rounds := []int{1000, 10_000}, 21
	if quick {
		sizes, rounds = []int{100}, 3
	}
	for _, part := range []struct {
		name string
		run  func() error
	}{
		{"parse", func() error { return parsePart(r, "Reading", sizes, rounds, (*subject).readers, judgeReaders) }},
		{"line", func() error {
			return parsePart(r, "Document to line protocol", sizes[:1], rounds, (*subject).writers, judgeWriters)
		}},
		{"poll", func() error { return pollPart(r, quick) }},
		{"memory", func() error { return memoryPart(r, quick) }},
		{"chain", func() error { return chainPart(r, quick) }},
		{"binary", func() error { return binaryPart(r) }},
	} {
		if !slices.Contains(parts, part.name) {
			continue
		}
		before := runtime.GOMAXPROCS(0)
		if part.name == "parse" || part.name == "line" {
			runtime.GOMAXPROCS(1)
		}
		err := part.run()
		runtime.GOMAXPROCS(before)
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	r.end()
	return nil
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

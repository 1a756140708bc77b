//go:build bench

package main

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// many is beyond the plugins' usual limits, as the larger documents of a run are.
const many = 2500

// A benchmark of the wrong work is worth nothing: all readers find the same items and the same listeners.
func TestEverybodyReadsTheSame(t *testing.T) {
	list, err := subjects(many)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		items, listeners, err := s.ours()
		if err != nil || items != many || listeners == 0 {
			t.Fatalf("%s: %d items, %d listeners, %v", s.kind, items, listeners, err)
		}
		for name, read := range map[string]func(string, []byte) (int, int64, error){"encoding/xml": unmarshal, "lexer": lex} {
			if i, l, err := read(s.kind, s.doc); i != items || l != listeners || err != nil {
				t.Errorf("%s, %s: %d items, %d listeners, %v; want %d and %d", s.kind, name, i, l, err, items, listeners)
			}
		}
		xpath, err := xpathParser(s.kind)
		if err != nil {
			t.Fatal(err)
		}
		metrics, err := xpath.Parse(s.doc)
		if err != nil || len(metrics) != items || current(metrics) != listeners {
			t.Errorf("%s, xpath: %d items, %d listeners, %v", s.kind, len(metrics), current(metrics), err)
		}
	}
}

// mountLine is a line of one mount; the sums over a server have no tag of it.
var mountLine = regexp.MustCompile(`(?m)^(\w+),(?:\\.|[^ \\])*mount=(?:\\.|[^ \\])* (.*) \d+$`)

// countOf is its listeners.
var countOf = regexp.MustCompile(`(?:^|,)current=(\d+)i`)

// So do those who write lines, for as many points of each kind and in every gather.
func TestBothWriteTheSame(t *testing.T) {
	list, err := subjects(many)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		_, listeners, err := s.ours()
		if err != nil {
			t.Fatal(err)
		}
		points, sum := map[string]int{}, int64(0)
		err = build(s.kind, s.doc, func(measurement string, _ tags, f fields) {
			points[measurement]++
			n, _ := f["current"].(int64)
			sum += n
		})
		if err != nil || sum != listeners {
			t.Errorf("%s: %d listeners there, want %d; %v", s.kind, sum, listeners, err)
		}
		var out bytes.Buffer
		s.lines = accumulator{Lines: linesTo(&out)}
		for range 2 { // the second one with what is kept of the first
			out.Reset()
			if err := s.oursToLines(); err != nil {
				t.Fatal(err)
			}
		}
		ours, sum := map[string]int{}, int64(0)
		for _, line := range mountLine.FindAllStringSubmatch(out.String(), -1) {
			ours[line[1]]++
			if line[1] != "listeners" {
				continue
			}
			if n := countOf.FindStringSubmatch(line[2]); n != nil {
				current, _ := strconv.ParseInt(n[1], 10, 64)
				sum += current
			}
		}
		if sum != listeners {
			t.Errorf("%s: %d listeners in the lines, want %d", s.kind, sum, listeners)
		}
		for measurement, n := range points {
			if ours[measurement] != n {
				t.Errorf("%s: %d points of %s here, %d there", s.kind, ours[measurement], measurement, n)
			}
		}
	}
}

// The figures of processes come from proc(5); their spread is least, median and most.
func TestAProcessIsLookedAt(t *testing.T) {
	peak, err := memoryOf(os.Getpid(), "VmHWM")
	if err != nil || peak <= 0 {
		t.Errorf("peak %v, %v", peak, err)
	}
	if got := spreadOf([]float64{3, 1, 2}); got != (spread{1, 2, 3}) {
		t.Errorf("spread %v", got)
	}
}

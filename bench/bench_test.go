//go:build bench

package main

import (
	"bytes"
	"testing"
)

// A benchmark of the wrong work is worth nothing: all readers find the same items and the same listeners.
func TestEverybodyReadsTheSame(t *testing.T) {
	list, err := subjects(200)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		items, listeners, err := s.ours()
		if err != nil || items != 200 || listeners == 0 {
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

// So do those who write lines.
func TestBothWriteAsManyPoints(t *testing.T) {
	list, err := subjects(50)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		theirs := 0
		if err := build(s.kind, s.doc, func(string, tags, fields) { theirs++ }); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		s.lines = accumulator{Lines: linesTo(&out)}
		if err := s.oursToLines(); err != nil {
			t.Fatal(err)
		}
		ours := bytes.Count(out.Bytes(), []byte("\n"))
		if ours < theirs || ours > theirs+30 { // ours has the sums and the server's own points besides
			t.Errorf("%s: %d points here, %d there", s.kind, ours, theirs)
		}
	}
}

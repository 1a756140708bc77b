//go:build bench

package main

import (
	"bytes"
	"fmt"
	"io"
	"runtime"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/plugins/inputs"
	"github.com/influxdata/telegraf/plugins/serializers/influx"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/wowza"
)

var kinds = []string{"listmounts", "stats", "connectioncounts"}

// subject is one document and everybody who reads it.
type subject struct {
	kind  string
	items int
	doc   []byte

	icecast *icecast.Offline
	wowza   *wowza.Offline
	reader  *bytes.Reader
	lines   accumulator
}

// accumulator takes this project's points as the program's own does.
type accumulator struct {
	telegraf.Accumulator
	*emit.Lines
}

func linesTo(w io.Writer) *emit.Lines { return emit.NewLines(w) }

func subjects(items int) ([]*subject, error) {
	light, heavy, err := icecastDocuments(items)
	if err != nil {
		return nil, err
	}
	counts, err := wowzaDocument(items)
	if err != nil {
		return nil, err
	}
	makeRoom(items)
	var list []*subject
	for i, doc := range [][]byte{light, heavy, counts} {
		s := &subject{kind: kinds[i], items: items, doc: doc, reader: bytes.NewReader(nil), lines: accumulator{Lines: linesTo(io.Discard)}}
		if s.icecast, err = icecast.NewOffline(); err != nil {
			return nil, err
		}
		if s.wowza, err = wowza.NewOffline(); err != nil {
			return nil, err
		}
		if s.kind == "stats" { // its sources are joined with the mounts of the light document
			if _, _, err := s.icecast.Listmounts(bytes.NewReader(light)); err != nil {
				return nil, err
			}
		}
		list = append(list, s)
	}
	return list, nil
}

// makeRoom lets the plugins take that many items: beyond their usual limit they would do less work than the others.
func makeRoom(items int) {
	inputs.Add("icecast", func() telegraf.Input {
		p := newIcecast().(*icecast.Icecast)
		p.MaxMounts = max(p.MaxMounts, items)
		return p
	})
	inputs.Add("wowza", func() telegraf.Input {
		p := newWowza().(*wowza.Wowza)
		p.MaxStreams = max(p.MaxStreams, items)
		return p
	})
}

// The plugins as they register themselves.
var newIcecast, newWowza = inputs.Inputs["icecast"], inputs.Inputs["wowza"]

// ours reads the document and returns its items and listeners.
func (s *subject) ours() (int, int64, error) {
	s.reader.Reset(s.doc)
	switch s.kind {
	case "listmounts":
		return s.icecast.Listmounts(s.reader)
	case "stats":
		return s.icecast.Stats(s.reader)
	}
	return s.wowza.ConnectionCounts(s.reader)
}

// oursToLines reads the document and writes its points.
func (s *subject) oursToLines() error {
	if _, _, err := s.ours(); err != nil {
		return err
	}
	if s.kind == "connectioncounts" {
		s.wowza.Emit(s.lines)
	} else {
		s.icecast.Emit(s.lines, s.kind == "stats")
	}
	return s.lines.Flush()
}

// readers are those who read the document; the first one is this project, the last one the floor.
func (s *subject) readers() ([]contender, error) {
	xpath, err := xpathParser(s.kind)
	if err != nil {
		return nil, err
	}
	return []contender{
		{"this project", func() error { _, _, err := s.ours(); return err }},
		{"tdewolff/parse lexer", func() error { _, _, err := lex(s.kind, s.doc); return err }},
		{"encoding/xml Unmarshal", func() error { _, _, err := unmarshal(s.kind, s.doc); return err }},
		{"Telegraf's xpath parser", func() error { _, err := xpath.Parse(s.doc); return err }},
		{"floor: sweep for <", func() error { sweep(s.doc); return nil }},
	}, nil
}

// writers are those who go on to line protocol.
func (s *subject) writers() ([]contender, error) {
	serializer := &influx.Serializer{}
	if err := serializer.Init(); err != nil {
		return nil, err
	}
	return []contender{
		{"this project", s.oursToLines},
		{"encoding/xml, metric.New, serializer", func() error { _, err := throughMetrics(s.kind, s.doc, serializer); return err }},
	}, nil
}

// readPart compares readers, linePart those who go on to line protocol.
func (b *bench) readPart() error {
	return b.compareAll("Reading", (*subject).readers, judgeReaders)
}

func (b *bench) linePart() error {
	return b.compareAll("Document to line protocol", (*subject).writers, judgeWriters)
}

// compareAll compares contenders on one core, for documents of both sizes.
func (b *bench) compareAll(title string, who func(*subject) ([]contender, error), judge func(*report, *subject, []result)) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	sizes, rounds := []int{1000, 10_000}, 21
	if b.quick {
		sizes, rounds = []int{100}, 3
	}
	for _, items := range sizes {
		list, err := subjects(items)
		if err != nil {
			return err
		}
		for _, s := range list {
			contenders, err := who(s)
			if err != nil {
				return err
			}
			results, err := compare(contenders, rounds)
			if err != nil {
				return fmt.Errorf("%s: %w", s.kind, err)
			}
			b.times(fmt.Sprintf("%s, %s, %d items", title, s.kind, items), contenders, results, items)
			if items == sizes[0] {
				judge(b.report, s, results)
			}
		}
	}
	return nil
}

// What is asked of reading, by document: how many times faster than encoding/xml and xpath, and at most how many times the
// floor.
var asked = map[string]struct{ xml, xpath, floor, line float64 }{
	"listmounts":       {20, 50, 3.2, 16},
	"stats":            {35, 90, 1.8, 30},
	"connectioncounts": {28, 80, 2.3, 16},
}

func judgeReaders(r *report, s *subject, got []result) {
	ratio := func(i int) float64 { return float64(got[i].median) / float64(got[0].median) }
	a := asked[s.kind]
	r.least(s.kind+": faster than encoding/xml Unmarshal", ratio(2), a.xml, "×")
	r.least(s.kind+": faster than Telegraf's xpath parser", ratio(3), a.xpath, "×")
	r.most(s.kind+": time of the < sweep", 1/ratio(4), a.floor, "×")
	r.most(s.kind+": allocations per document, warm", got[0].allocs, 1, "")
}

func judgeWriters(r *report, s *subject, got []result) {
	r.least(s.kind+": document to line protocol, faster than encoding/xml and metrics", float64(got[1].median)/float64(got[0].median), asked[s.kind].line, "×")
}

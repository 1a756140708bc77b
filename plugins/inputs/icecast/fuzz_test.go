package icecast

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/report"
)

// addCaptures makes the documents of real servers the corpus.
func addCaptures(f *testing.F, name string) {
	f.Helper()
	files, err := filepath.Glob("testcases/*/" + name)
	if err != nil || len(files) == 0 {
		f.Fatalf("no captures of %s: %v", name, err)
	}
	for _, file := range files {
		doc, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
}

// emitted observes and emits what a worker has read, and returns the points, which the schema allows.
func emitted(t *testing.T, p *Icecast, sv *server, w *worker, heavy bool) golden.Output {
	t.Helper()
	var out bytes.Buffer
	acc := &lineSink{Lines: emit.NewLines(&out)}
	g := &gather{Gather: report.Begin(acc, p.Log, nil), plugin: p}
	sv.observe(g, w, time.Now(), heavy)
	sv.emit(g, w, heavy)
	if err := acc.Flush(); err != nil {
		t.Fatal(err)
	}
	return golden.Output{Text: out.String(), Points: golden.Conforms(t, out.Bytes())}
}

type lineSink struct {
	telegrafs
	*emit.Lines
}

// Whatever the light document holds: it is read the same twice, counts are counts, what comes out decodes, and adds up.
func FuzzListmounts(f *testing.F) {
	addCaptures(f, "listmounts.xml")
	p := newPlugin(f, "http://127.0.0.1:8000")
	w := newWorker()
	f.Fuzz(func(t *testing.T, doc []byte) {
		sv := p.state(&fleet.Server{Endpoint: p.Endpoints()[0]})
		d := w.listmounts
		err := d.read(bytes.NewReader(doc))
		for _, m := range d.Mounts {
			if m.Listeners < unknown || m.Listeners > maxCount || m.Connected > maxCount {
				t.Fatalf("%+v", m)
			}
		}
		mounts, whole := len(d.Mounts), d.Whole
		again := d.read(bytes.NewReader(doc))
		if len(d.Mounts) != mounts || d.Whole != whole || (err == nil) != (again == nil) {
			t.Fatalf("read twice: %d and %d mounts, %v and %v", mounts, len(d.Mounts), err, again)
		}
		out := emitted(t, p, sv, w, false)
		sum := w.beside
		for _, point := range out.Find("listeners") {
			current, _ := point.Fields["current"].(int64)
			sum += current
		}
		for _, host := range out.Find("listeners_by_host") {
			if host.Fields["current"] != sum {
				t.Fatalf("the server has %v listeners, its mounts %d\n%s", host.Fields["current"], sum, out.Text)
			}
		}
	})
}

// The same of the heavy one, beside a light one that lists the same sources.
func FuzzStats(f *testing.F) {
	addCaptures(f, "stats.xml")
	p := newPlugin(f, "http://127.0.0.1:8000", func(p *Icecast) { p.Metadata = metadataFields[:] })
	w := newWorker()
	w.stats = newStats(p)
	f.Fuzz(func(t *testing.T, doc []byte) {
		sv := p.state(&fleet.Server{Endpoint: p.Endpoints()[0]})
		err := w.stats.read(bytes.NewReader(doc))
		sources := len(w.stats.Sources)
		if again := w.stats.read(bytes.NewReader(doc)); len(w.stats.Sources) != sources || (err == nil) != (again == nil) {
			t.Fatalf("read twice: %d and %d sources, %v and %v", sources, len(w.stats.Sources), err, again)
		}
		w.listmounts.take(w.stats, time.Now())
		emitted(t, p, sv, w, true)
	})
}

package wowza

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/influxdata/telegraf"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/report"
)

type lineSink struct {
	telegraf.Accumulator // its methods are not called
	*emit.Lines
}

// Whatever the document holds, nested or flat: it is read the same twice, counts are counts, and what comes out decodes.
func FuzzConnectionCounts(f *testing.F) {
	files, err := filepath.Glob("testcases/*/connectioncounts.xml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no documents: %v", err)
	}
	for _, file := range files {
		doc, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	p := newPlugin(f, "http://127.0.0.1:8086")
	w := p.workers.Get().(*worker)
	f.Fuzz(func(t *testing.T, doc []byte) {
		sv := p.state(&fleet.Server{Endpoint: p.Endpoints()[0]})
		err := w.doc.read(bytes.NewReader(doc))
		entries, streams := len(w.doc.Entries), len(w.doc.Streams)
		if again := w.doc.read(bytes.NewReader(doc)); len(w.doc.Entries) != entries || len(w.doc.Streams) != streams || (err == nil) != (again == nil) {
			t.Fatalf("read twice: %d and %d entries, %d and %d streams, %v and %v", entries, len(w.doc.Entries), streams, len(w.doc.Streams), err, again)
		}
		for i := range w.doc.Streams {
			if n := w.doc.Streams[i].listeners(); n < unknown || n > maxProtocols*maxCount {
				t.Fatalf("%d listeners", n)
			}
		}
		var out bytes.Buffer
		acc := lineSink{Lines: emit.NewLines(&out)}
		g := &gather{Gather: report.Begin(acc, p.Log, nil), plugin: p}
		g.emit(sv, w, time.Now())
		if err := acc.Flush(); err != nil {
			t.Fatal(err)
		}
		golden.Conforms(t, out.Bytes())
	})
}

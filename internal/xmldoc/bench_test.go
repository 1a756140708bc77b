package xmldoc

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func kh(n int) []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<icestats>\n")
	for i := range n {
		fmt.Fprintf(&b, "  <source mount=\"/channel%04d.mp3\">\n    <listeners>%d</listeners>\n    <Listeners>%d</Listeners>\n    <Connected>%d</Connected>\n    <content-type>audio/mpeg</content-type>\n  </source>\n", i, i%997, i%997, 1000+i)
	}
	b.WriteString("</icestats>\n")
	return []byte(b.String())
}

func BenchmarkScan(b *testing.B) {
	doc := kh(1000)
	b.Run("sweep", func(b *testing.B) {
		for b.Loop() {
			for rest := doc; ; {
				j := bytes.IndexByte(rest, '<')
				if j < 0 {
					break
				}
				rest = rest[j+1:]
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/item")
	})
	b.Run("scanner", func(b *testing.B) {
		s := NewScanner("source", "listeners", "Connected")
		r := bytes.NewReader(nil)
		for b.Loop() {
			r.Reset(doc)
			s.Reset(r)
			for s.Next() != EOF {
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/item")
	})
}

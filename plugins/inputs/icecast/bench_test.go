package icecast

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/xmldoc"
)

// documents are those of an emulated Icecast-KH with 1,000 mounts.
func documents(b *testing.B, path string) []byte {
	b.Helper()
	s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: "adminpw"})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for i := range 1000 {
		s.SetMount(emulator.Mount{
			Name: fmt.Sprintf("/channel%04d.mp3", i), Listeners: i % 997, Slow: i % 7, Max: 5000, Connected: time.Now().Add(-time.Duration(i) * time.Minute),
			Title: fmt.Sprintf("Artist %d - Track %d & more", i%31, i), ServerName: fmt.Sprintf("Channel %d", i), Genre: "Jazz", Description: "All that is played",
			Bitrate: "128", SourceIP: "192.0.2.1", UserAgent: "source/1.0", BytesRead: int64(i) * 16000, BytesSent: int64(i) * 160000, ListenerConnections: int64(i),
			IncomingBitrate: 128000, OutgoingKbitrate: int64(i), QueueSize: 65536,
		})
	}
	req, _ := http.NewRequest(http.MethodGet, s.URL()+path, nil)
	req.SetBasicAuth("admin", "adminpw")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	doc, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

func sweep(doc []byte) (n int) {
	for {
		j := bytes.IndexByte(doc, '<')
		if j < 0 {
			return n
		}
		doc = doc[j+1:]
		n++
	}
}

// BenchmarkParse compares the two readers with the time that finding every "<" takes, which no reader can go below.
func BenchmarkParse(b *testing.B) {
	light, heavy := newListmounts(), newStats(nil)
	for _, c := range []struct {
		name string
		doc  []byte
		read func(io.Reader) error
	}{
		{"listmounts", documents(b, listmountsPath), light.read},
		{"stats", documents(b, statsPath), heavy.read},
	} {
		b.Run(c.name+"/sweep", func(b *testing.B) {
			b.SetBytes(int64(len(c.doc)))
			for b.Loop() {
				sweep(c.doc)
			}
		})
		b.Run(c.name+"/read", func(b *testing.B) {
			b.SetBytes(int64(len(c.doc)))
			b.ReportAllocs()
			r := bytes.NewReader(nil)
			for b.Loop() {
				r.Reset(c.doc)
				if err := c.read(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkScanOnly(b *testing.B) {
	doc := documents(b, statsPath)
	s := xmldoc.NewScanner(nodeNames()...)
	r := bytes.NewReader(nil)
	for b.Loop() {
		r.Reset(doc)
		s.Reset(r)
		for s.Next() != xmldoc.EOF {
		}
	}
}

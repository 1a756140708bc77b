package icecast

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/influxdata/telegraf"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
)

// telegrafs is an accumulator such as Telegraf's own: it knows nothing of this project.
type telegrafs struct {
	telegraf.Accumulator // its other methods are not called
	mu                   sync.Mutex
	got                  []string
	errors               []error
}

func (a *telegrafs) add(how, m string, f map[string]any, tags map[string]string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.got = append(a.got, fmt.Sprint(how, " ", m, " ", f, " ", tags["mount"]))
}

func (a *telegrafs) AddFields(m string, f map[string]any, t map[string]string, _ ...time.Time) {
	a.add("fields", m, f, t)
}

func (a *telegrafs) AddGauge(m string, f map[string]any, t map[string]string, _ ...time.Time) {
	a.add("gauge", m, f, t)
}

func (a *telegrafs) AddCounter(m string, f map[string]any, t map[string]string, _ ...time.Time) {
	a.add("counter", m, f, t)
}

func (a *telegrafs) AddError(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.errors = append(a.errors, err)
}

// Compiled into a custom Telegraf, every block gathers at its own time; the first one brings the totals of all.
func TestInACustomTelegrafTheFirstBlockBringsTheTotals(t *testing.T) {
	a, b := newWorld(t, emulator.KH, never), newWorld(t, emulator.KH, never)
	a.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 3})
	b.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 4})
	total := func(p *Icecast) string {
		var acc telegrafs
		if err := p.Start(&acc); err != nil {
			t.Fatal(err)
		}
		if err := p.Gather(&acc); err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, line := range acc.got {
			if strings.Contains(line, " listeners_by_mount ") {
				found = append(found, line)
			}
		}
		return strings.Join(found, "\n")
	}
	if got := total(b.plugin); got != "" {
		t.Errorf("the second block brings %s", got)
	}
	if got, want := total(a.plugin), "gauge listeners_by_mount map[current:7 hosts:2 hosts_missing:0] /live.mp3"; got != want {
		t.Errorf("the first block brings %q, want %q", got, want)
	}
}

func TestInACustomTelegrafAServersErrorIsItsLogLine(t *testing.T) {
	var acc telegrafs
	p := newPlugin(t, "http://127.0.0.1:1")
	for range 3 {
		if err := p.Gather(&acc); err != nil {
			t.Fatal(err)
		}
	}
	if len(acc.errors) != 1 || !strings.HasPrefix(acc.errors[0].Error(), "127.0.0.1:1: listmounts: nobody listens there") {
		t.Errorf("errors %v, want one when it begins", acc.errors)
	}
}

// A server that backs off still says so at every gather, so that no graph has a hole that looks like silence.
func TestAServerThatBacksOffSaysSkippedAtEveryGather(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 1})
	w.after(t, tick)
	w.SetFault(emulator.ResetAtAccept())
	results := ""
	for range 12 {
		p := w.after(t, tick).One(t, "response")
		results += p.Tags["result"][:1]
	}
	if results != "cccccscsssc"+"s" {
		t.Errorf("results %s", results)
	}
	w.SetFault(nil)
	for range 8 {
		out := w.after(t, tick)
		if len(out.Find("response", "result=success")) == 0 {
			skipped := out.One(t, "response", "result=skipped")
			if skipped.Fields["error"] == nil || skipped.Fields["total_time"] != nil || out.Unread != 1 {
				t.Errorf("skipped: %v, %d unread", skipped.Fields, out.Unread)
			}
			continue
		}
		out.One(t, "listeners").Wants(t, fields{"current": int64(1)})
		if events := out.Find("stream_event"); len(events) != 0 {
			t.Errorf("the server was away, its source was not: %v", events)
		}
		w.after(t, tick).One(t, "response", "result=success")
		return
	}
	t.Error("it never came back")
}

func TestANameThatCannotBeLookedUpIsADNSError(t *testing.T) {
	before := net.DefaultResolver
	defer func() { net.DefaultResolver = before }()
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no name server")
	}}
	p := newPlugin(t, "http://edges.example.net:8000", func(p *Icecast) { p.Resolve = "all" })
	out := golden.Gather(t, p, time.Now())
	got := out.One(t, "response", "host=edges.example.net", "endpoint=listmounts", "result=dns_error")
	if got.Fields["error"] == nil || out.Unread != 1 || len(out.Errors) != 1 {
		t.Errorf("%v, %d unread, errors %q", got.Fields, out.Unread, out.Errors)
	}
}

package icecast

import (
	"fmt"
	"testing"
	"time"

	"github.com/influxdata/telegraf/config"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
)

// reads are the gathers, of so many, in which a server was asked for stats.
func (w *world) reads(t *testing.T, gathers int, every time.Duration) (in []int) {
	t.Helper()
	before := w.RequestsTo(statsPath)
	for g := range gathers {
		w.after(t, every)
		if now := w.RequestsTo(statsPath); now != before {
			before = now
			in = append(in, g)
		}
	}
	return in
}

func interval(d time.Duration) func(*Icecast) {
	return func(p *Icecast) { p.StatsInterval = config.Duration(d) }
}

func TestStatsAreReadAtTheirOwnCadence(t *testing.T) {
	for _, c := range []struct {
		interval time.Duration
		want     string
	}{
		{0, "[0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24]"},
		{-time.Second, "[]"},
		{30 * time.Second, "[0 6 12 18 24]"},
		{time.Minute, "[0 12 24]"},
		{12 * time.Second, "[0 3 5 8 10 12 15 17 20 22 24]"}, // the first gather after 12, 24, 36 … seconds
	} {
		t.Run(c.interval.String(), func(t *testing.T) {
			w := newWorld(t, emulator.KH, interval(c.interval))
			if got := fmt.Sprint(w.reads(t, 25, tick)); got != c.want {
				t.Errorf("stats are read in gathers %s, want %s", got, c.want)
			}
		})
	}
}

// The first read is at once, so that a dashboard has titles and peaks from the beginning; from then on the servers take turns.
func TestTheHeavyReadsOfAFleetDoNotFallInOneGather(t *testing.T) {
	const servers = 12
	var fleet []*emulator.Icecast
	plugin := newPlugin(t, "http://127.0.0.1:1", interval(time.Minute), func(p *Icecast) {
		p.URLs = nil
		for range servers {
			s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: "adminpw"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			fleet = append(fleet, s)
			p.URLs = append(p.URLs, s.URL())
		}
	})
	total := func() (n int) {
		for _, s := range fleet {
			n += s.RequestsTo(statsPath)
		}
		return n
	}
	at, before := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), 0
	for g := range 37 {
		golden.Gather(t, plugin, at.Add(time.Duration(g)*tick))
		reads := total() - before
		before = total()
		want := 1
		if g == 0 {
			want = servers
		}
		if reads != want {
			t.Errorf("gather %d: %d servers were asked for stats, want %d", g, reads, want)
		}
	}
}

func TestWhatOnlyStatsTellComesWithThem(t *testing.T) {
	w := newWorld(t, emulator.KH, interval(time.Minute))
	w.SetMount(emulator.Mount{
		Name: "/live.mp3", Listeners: 7, Peak: 12, Slow: 3, Max: 100, Title: "Song", Bitrate: "128",
		BytesRead: 1000, BytesSent: 2000, ListenerConnections: 40, IncomingBitrate: 128000, OutgoingKbitrate: 3, QueueSize: 65536,
	})
	out := w.after(t, tick)
	out.One(t, "listeners").Wants(t, fields{"current": int64(7), "peak": int64(12), "slow": int64(3), "max": int64(100)})
	mount := out.One(t, "icecast_mount", "mount=/live.mp3").Fields
	wants := fields{
		"bitrate": 128000.0, "incoming_bitrate": 128000.0, "outgoing_bitrate": 3072.0, "queue_size": int64(65536),
		"total_bytes_read": int64(1000), "total_bytes_sent": int64(2000), "listener_connections": int64(40),
	}
	for field, want := range wants {
		if mount[field] != want {
			t.Errorf("%s is %v (%[2]T), want %v", field, mount[field], want)
		}
	}
	if got := out.One(t, "metadata").Fields["title"]; got != "Song" {
		t.Errorf("title %q", got)
	}
	out = w.after(t, tick)
	out.One(t, "listeners").Wants(t, fields{"current": int64(7)})
	if len(out.Find("metadata"))+len(out.Find("icecast_mount"))+len(out.Find("icecast_server")) != 0 {
		t.Errorf("without stats: %s", out.Text)
	}
}

func TestUnlimitedIsNoLimit(t *testing.T) {
	for _, family := range []emulator.Family{emulator.KH, emulator.V24, emulator.V25} {
		w := newWorld(t, family, interval(0))
		w.SetMount(emulator.Mount{Name: "/live.mp3", Max: 0})
		if got, has := w.after(t, tick).One(t, "listeners").Fields["max"]; has {
			t.Errorf("family %d: an unlimited mount has max=%v", family, got)
		}
	}
}

// A mount that stats show and listmounts do not is off the air: its listeners went to its fallback.
func TestAMountThatMovedToItsFallbackIsNotOnAir(t *testing.T) {
	w := newWorld(t, emulator.V24, interval(0))
	w.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 3})
	w.SetMount(emulator.Mount{Name: "/away.mp3", OffAir: true, Title: "old"})
	out := w.after(t, tick)
	for _, p := range out.Points {
		if p.Tags["mount"] == "/away.mp3" {
			t.Errorf("a mount that is off the air has %s", p.Measurement)
		}
	}
}

func TestMetadataCanBeChosen(t *testing.T) {
	w := newWorld(t, emulator.KH, interval(0), func(p *Icecast) { p.Metadata = []string{"genre", "source_ip"} })
	w.SetMount(emulator.Mount{Name: "/live.mp3", Title: "Song", Genre: "Jazz", SourceIP: "192.0.2.9"})
	w.after(t, tick).One(t, "metadata").Wants(t, fields{"genre": "Jazz", "source_ip": "192.0.2.9"})
	w.plugin = newPlugin(t, w.URL(), interval(0), func(p *Icecast) { p.Metadata = []string{} })
	if found := w.after(t, tick).Find("metadata"); len(found) != 0 {
		t.Errorf("metadata = [], and there is %v", found)
	}
	w.plugin = newPlugin(t, w.URL(), interval(0))
	got := w.after(t, tick).One(t, "metadata").Fields
	if got["title"] != "Song" || got["source_ip"] != nil || got["user_agent"] != nil {
		t.Errorf("by default there is %v: personal data is not wanted", got)
	}
}

// With listmounts denied to the user, or behind a proxy that lets only stats through, the counts come from there.
func TestStatsStandInForListmounts(t *testing.T) {
	w := newWorld(t, emulator.KH, interval(time.Hour))
	w.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 7})
	w.SetMount(emulator.Mount{Name: "/idle.mp3", Listeners: 1})
	w.Deny("/admin/listmounts")
	for range 3 { // at every gather, whatever stats_interval is
		out := w.after(t, tick)
		out.One(t, "response", "endpoint=listmounts", "result=unauthorized")
		if got := out.One(t, "listeners", "mount=/live.mp3").Fields["current"]; got != int64(7) {
			t.Errorf("current %v", got)
		}
	}
}

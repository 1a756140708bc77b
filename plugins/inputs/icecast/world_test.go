package icecast

import (
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
)

// world is one emulated server and a plugin that polls it, on one clock that the test moves.
type world struct {
	*emulator.Icecast
	plugin *Icecast
	now    time.Time
}

func newWorld(t *testing.T, family emulator.Family, change ...func(*Icecast)) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	s, err := emulator.StartIcecast(emulator.IcecastConfig{Family: family, Username: "admin", Password: "adminpw", Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	w.Icecast = s
	w.plugin = newPlugin(t, s.URL(), change...)
	return w
}

// after lets time pass and gathers.
func (w *world) after(t *testing.T, d time.Duration) golden.Output {
	t.Helper()
	w.now = w.now.Add(d)
	return golden.Gather(t, w.plugin, w.now)
}

// tick is the interval of most tests.
const tick = 5 * time.Second

// never reads the heavy document.
func never(p *Icecast) { p.StatsInterval = -1 }

func TestListenersOfEveryMountAndTheirSums(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 120})
	w.SetMount(emulator.Mount{Name: "/rock%20pop.ogg", Listeners: 3})
	out := w.after(t, tick)
	out.One(t, "listeners", "mount=/live.mp3", "host=127.0.0.1", "platform=icecast").Wants(t, fields{"current": int64(120)})
	out.One(t, "listeners", "mount=/rock pop.ogg").Wants(t, fields{"current": int64(3)})
	out.One(t, "listeners_by_host").Wants(t, fields{"current": int64(123), "mounts": int64(2)})
	for _, p := range out.Points {
		if !p.Time.Equal(w.now) {
			t.Errorf("%s is stamped %s, not with the time of the gather", p.Measurement, p.Time)
		}
	}
}

type fields = map[string]any

// A mount has to be absent from two whole documents, because KH moves listeners between mounts in between.
func TestAMountThatIsGoneSaysZeroOnce(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 7})
	w.after(t, tick)
	w.RemoveMount("/live.mp3")
	out := w.after(t, tick)
	if found := out.Find("listeners"); len(found) != 0 {
		t.Errorf("missing from one document, and it says %v", found)
	}
	out = w.after(t, tick)
	out.One(t, "listeners", "mount=/live.mp3").Wants(t, fields{"current": int64(0)})
	out.One(t, "stream_event", "mount=/live.mp3", "event=stopped").Wants(t, fields{"message": "stream stopped"})
	out.One(t, "listeners_by_host").Wants(t, fields{"current": int64(0), "mounts": int64(0)})
	out = w.after(t, tick)
	if len(out.Find("listeners")) != 0 || len(out.Find("stream_event")) != 0 {
		t.Errorf("said again:\n%s", out.Text)
	}
}

func TestAMountThatIsMissingOnceWasNeverGone(t *testing.T) {
	w := newWorld(t, emulator.V24, never)
	connected := w.now.Add(-time.Hour)
	w.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 7, Connected: connected})
	w.after(t, tick)
	w.RemoveMount("/live.mp3")
	w.after(t, tick)
	w.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 7, Connected: connected})
	out := w.after(t, tick)
	if events := out.Find("stream_event"); len(events) != 0 {
		t.Errorf("events %v", events)
	}
	out.One(t, "stream_start").Wants(t, fields{"timestamp": connected.Unix(), "uptime": int64(3615), "restarts": int64(0)})
}

func TestARestartIsSeenAtTheNextLightPoll(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.SetMount(emulator.Mount{Name: "/live.mp3", Connected: w.now.Add(-time.Hour)})
	out := w.after(t, tick)
	start := w.now.Add(-time.Hour - tick).Unix()
	out.One(t, "stream_start").Wants(t, fields{"timestamp": start, "uptime": int64(3605), "restarts": int64(0)})
	if len(out.Find("stream_event")) != 0 {
		t.Error("the first document of a server brings events")
	}
	w.now = w.now.Add(3 * time.Second)
	w.Reconnect("/live.mp3")
	out = w.after(t, 2*time.Second)
	out.One(t, "stream_start").Wants(t, fields{"timestamp": w.now.Unix() - 2, "uptime": int64(2), "restarts": int64(1)})
	event := out.One(t, "stream_event", "event=restarted", "mount=/live.mp3", "host=127.0.0.1")
	if event.Fields["downtime"].(float64) < 2 || event.Fields["message"] != "source restarted, it was away for 3s" {
		t.Errorf("event %v", event.Fields)
	}
	if out = w.after(t, tick); len(out.Find("stream_event")) != 0 {
		t.Error("one restart is said twice")
	}
}

func TestANewMountHasStarted(t *testing.T) {
	w := newWorld(t, emulator.V25, never)
	w.after(t, tick)
	w.SetMount(emulator.Mount{Name: "/new.opus"})
	out := w.after(t, tick)
	out.One(t, "stream_event", "event=started", "mount=/new.opus").Wants(t, fields{"message": "stream started"})
}

func TestAServerThatRestartedLosesItsMountsAtOnce(t *testing.T) {
	w := newWorld(t, emulator.KH, func(p *Icecast) { p.StatsInterval = 0 })
	for _, name := range []string{"/a", "/b", "/c"} {
		w.SetMount(emulator.Mount{Name: name, Connected: w.now.Add(-time.Hour)})
	}
	w.after(t, tick)
	w.now = w.now.Add(time.Second)
	w.Restart()
	w.RemoveMount("/c")
	out := w.after(t, time.Second)
	if restarted := out.Find("stream_event", "event=restarted"); len(restarted) != 2 {
		t.Errorf("%d sources restarted, want 2", len(restarted))
	}
	out.One(t, "stream_event", "event=stopped", "mount=/c")
	out.One(t, "listeners", "mount=/c").Wants(t, fields{"current": int64(0)})
}

// Idle relays have no source: nothing starts when they wake up on demand, beyond being there.
func TestAnIdleRelayHasNoStart(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.SetIdle(emulator.Mount{Name: "/relay"})
	out := w.after(t, tick)
	out.One(t, "listeners", "mount=/relay").Wants(t, fields{"current": int64(0)})
	if len(out.Find("stream_start")) != 0 {
		t.Error("an idle relay has a stream_start")
	}
	w.SetMount(emulator.Mount{Name: "/relay", Listeners: 1})
	out = w.after(t, tick)
	if got := out.One(t, "stream_start").Fields["restarts"]; got != int64(0) || len(out.Find("stream_event", "event=restarted")) != 0 {
		t.Errorf("waking up is counted as %v restarts", got)
	}
}

func TestOurOwnRestartMakesNoEvents(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.SetMount(emulator.Mount{Name: "/live.mp3"})
	w.after(t, tick)
	w.plugin = newPlugin(t, w.URL(), never)
	if events := w.after(t, tick).Find("stream_event"); len(events) != 0 {
		t.Errorf("events %v", events)
	}
}

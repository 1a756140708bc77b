package wowza

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
)

// world is one emulated server and a plugin that polls it, on one clock that the test moves.
type world struct {
	*emulator.Wowza
	plugin *Wowza
	now    time.Time
}

func newWorld(t *testing.T, config emulator.WowzaConfig, change ...func(*Wowza)) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	config.Username, config.Password = "admin", "adminpw"
	config.Now = func() time.Time { return w.now }
	s, err := emulator.StartWowza(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	w.Wowza = s
	w.plugin = newPlugin(t, s.URL(), change...)
	return w
}

// after lets time pass and gathers.
func (w *world) after(t *testing.T, d time.Duration) golden.Output {
	t.Helper()
	w.now = w.now.Add(d)
	return golden.Gather(t, w.plugin, w.now)
}

const (
	tick = 5 * time.Second

	defaultHost     = "_defaultVHost_"
	defaultInstance = "_definst_"
)

type fields = map[string]any

func (w *world) stream(application string, s emulator.Stream) {
	w.SetStream(defaultHost, application, defaultInstance, s)
}

func TestListenersByProtocolAndTheirSums(t *testing.T) {
	w := newWorld(t, emulator.WowzaConfig{})
	w.stream("live", emulator.Stream{Name: "live.mp3", Cupertino: 5, MPEGDash: 2, Flash: 1})
	w.stream("live", emulator.Stream{Name: "mp4:näws & co.mp4", RTSP: 1})
	out := w.after(t, tick)
	out.One(t, "listeners", "mount=/live.mp3", "stream=live.mp3", "vhost="+defaultHost, "application=live", "instance="+defaultInstance, "platform=wowza").Wants(t, fields{
		"current": int64(8), "flash": int64(1), "cupertino": int64(5), "sanjose": int64(0), "smooth": int64(0), "rtsp": int64(0), "mpegdash": int64(2),
	})
	out.One(t, "listeners", "stream=mp4:näws & co.mp4", "mount=/mp4:näws & co.mp4")
	out.One(t, "listeners_by_host").Wants(t, fields{"current": int64(9), "mounts": int64(2)})
}

// A protocol that a version does not know is not nought listeners.
func TestAProtocolThatIsNotThereIsNoField(t *testing.T) {
	w := newWorld(t, emulator.WowzaConfig{NoMPEGDash: true})
	w.stream("live", emulator.Stream{Name: "live.mp3", Cupertino: 5})
	if got, has := w.after(t, tick).One(t, "listeners").Fields["mpegdash"]; has {
		t.Errorf("mpegdash is %v", got)
	}
}

// On an edge a stream may be there under its own name and under its origin's URL: one channel, two streams, both listened to.
func TestAStreamAndItsOriginURLAreOneChannel(t *testing.T) {
	w := newWorld(t, emulator.WowzaConfig{})
	w.stream("edge", emulator.Stream{Name: "live/jazz.mp3", Cupertino: 5})
	w.stream("edge", emulator.Stream{Name: "wowz://origin.example.net:1935/live/jazz.mp3", Cupertino: 2})
	out := w.after(t, tick)
	if got := out.Find("listeners", "mount=/live/jazz.mp3"); len(got) != 2 {
		t.Errorf("%d points with the mount, want 2\n%s", len(got), out.Text)
	}
	out.One(t, "listeners_by_host").Wants(t, fields{"current": int64(7), "mounts": int64(2)})
}

func TestAStreamThatIsGoneSaysZeroOnce(t *testing.T) {
	w := newWorld(t, emulator.WowzaConfig{})
	w.stream("live", emulator.Stream{Name: "a", Cupertino: 5})
	w.stream("live", emulator.Stream{Name: "b", Cupertino: 5})
	w.after(t, tick)
	w.RemoveStream(defaultHost, "live", defaultInstance, "a")
	w.after(t, tick)
	out := w.after(t, tick)
	out.One(t, "listeners", "stream=a").Wants(t, fields{"current": int64(0)})
	out.One(t, "stream_event", "event=stopped", "stream=a")
	if out = w.after(t, tick); len(out.Find("listeners")) != 1 || len(out.Find("stream_event")) != 0 {
		t.Errorf("said again:\n%s", out.Text)
	}
	w.stream("live", emulator.Stream{Name: "a", Cupertino: 1})
	w.after(t, tick).One(t, "stream_event", "event=started", "stream=a")
}

func TestBothFormsAndAllRootsSayTheSame(t *testing.T) {
	var first string
	for _, config := range []emulator.WowzaConfig{
		{}, {Flat: true}, {Root: "WowzaMediaServer"}, {Root: "WowzaMediaServerPro", Flat: true}, {ShuffleStreams: true},
	} {
		w := newWorld(t, config)
		w.stream("live", emulator.Stream{Name: "a", Cupertino: 5})
		w.stream("vod", emulator.Stream{Name: "b", RTSP: 1})
		out := w.after(t, tick)
		got := ""
		for _, stream := range []string{"a", "b"} {
			p := out.One(t, "listeners", "stream="+stream)
			got += fmt.Sprintf("%s/%s/%s %v\n", p.Tags["vhost"], p.Tags["application"], p.Tags["instance"], p.Fields)
		}
		if first == "" {
			first = got
		}
		if got != first {
			t.Errorf("%+v says\n%swant\n%s", config, got, first)
		}
	}
}

func TestLevelsAreChosen(t *testing.T) {
	measurement := map[string]string{
		"server": "wowza_server", "vhost": "wowza_vhost", "application": "wowza_application", "instance": "wowza_instance", "stream": "listeners",
	}
	for chosen := range measurement {
		w := newWorld(t, emulator.WowzaConfig{}, func(p *Wowza) { p.Levels = []string{chosen} })
		w.stream("live", emulator.Stream{Name: "a", Cupertino: 5})
		out := w.after(t, tick)
		for level, m := range measurement {
			if got := len(out.Find(m)); got == 1 != (level == chosen) {
				t.Errorf("levels = [%q]: %d points of %s", chosen, got, m)
			}
		}
		out.One(t, "listeners_by_host").Wants(t, fields{"current": int64(5), "mounts": int64(1)})
	}
}

func TestStreamsAreChosenByGlobsAndLimited(t *testing.T) {
	for _, c := range []struct {
		include, exclude []string
		most             int
		want             string
	}{
		{nil, nil, 2000, "a.mp3 b.mp3 c.aac"},
		{[]string{"*.mp3"}, nil, 2000, "a.mp3 b.mp3"},
		{nil, []string{"*.mp3"}, 2000, "c.aac"},
		{[]string{"*.mp3"}, []string{"a*"}, 2000, "b.mp3"},
		{nil, nil, 2, "a.mp3 b.mp3"},
	} {
		w := newWorld(t, emulator.WowzaConfig{}, func(p *Wowza) {
			p.StreamsInclude, p.StreamsExclude, p.MaxStreams = c.include, c.exclude, c.most
		})
		for _, name := range []string{"a.mp3", "b.mp3", "c.aac"} {
			w.stream("live", emulator.Stream{Name: name})
		}
		var got []string
		for _, p := range w.after(t, tick).Find("listeners") {
			got = append(got, p.Tags["stream"])
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("include %q exclude %q max %d: %q, want %s", c.include, c.exclude, c.most, got, c.want)
		}
	}
}

package icecast

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

func (w *world) channels(t *testing.T) string {
	t.Helper()
	var names []string
	for _, p := range w.after(t, tick).Find("listeners") {
		names = append(names, p.Tags["mount"])
	}
	return strings.Join(names, " ")
}

func TestMountsAreChosenByGlobs(t *testing.T) {
	for _, c := range []struct {
		include, exclude []string
		want             string
	}{
		{nil, nil, "/a/live.mp3 /a/rock.mp3 /b/live.ogg /with space"},
		{[]string{"/a/*"}, nil, "/a/live.mp3 /a/rock.mp3"},
		{nil, []string{"*.mp3"}, "/b/live.ogg /with space"},
		{[]string{"/*/live.*"}, []string{"*.ogg"}, "/a/live.mp3"},
		{[]string{"/with space"}, nil, "/with space"}, // the tag, not the server's spelling
	} {
		w := newWorld(t, emulator.KH, never, func(p *Icecast) { p.MountsInclude, p.MountsExclude = c.include, c.exclude })
		for _, name := range []string{"/a/live.mp3", "/a/rock.mp3", "/b/live.ogg", "/with%20space"} {
			w.SetMount(emulator.Mount{Name: name})
		}
		if got := w.channels(t); got != c.want {
			t.Errorf("include %q exclude %q: %s, want %s", c.include, c.exclude, got, c.want)
		}
	}
}

// The limit protects the database from a server that invents mounts. What is beyond it is not gone.
func TestMaxMountsTakesTheFirstOnesOfTheDocument(t *testing.T) {
	w := newWorld(t, emulator.KH, never, func(p *Icecast) { p.MaxMounts = 3 })
	for i := range 5 {
		w.SetMount(emulator.Mount{Name: fmt.Sprintf("/%d", i), Listeners: 1})
	}
	for range 3 {
		if got := w.channels(t); got != "/0 /1 /2" {
			t.Errorf("channels %s", got)
		}
	}
	out := w.after(t, tick)
	if len(out.Find("stream_event")) != 0 {
		t.Errorf("events %s", out.Text)
	}
}

func TestAnAliasIsTheHostTag(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.plugin = newPlugin(t, w.URL(), never, func(p *Icecast) { p.Aliases = map[string]string{w.Addr(): "edge1"} })
	_, port, _ := strings.Cut(w.Addr(), ":")
	w.after(t, tick).One(t, "listeners_by_host", "host=edge1", "port="+port)
}

func TestAPrefixOfTheURLIsKept(t *testing.T) {
	s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: "adminpw", Prefix: "/radio"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	w := &world{Icecast: s, plugin: newPlugin(t, s.URL()+"/radio/", never), now: time.Now()}
	w.after(t, tick).One(t, "response", "result=success")
}

// A secret that Docker or Kubernetes rotated is read again when the old password is refused.
func TestARotatedPasswordFileIsReadAgain(t *testing.T) {
	file := t.TempDir() + "/password"
	if err := os.WriteFile(file, []byte("old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, emulator.KH, never)
	w.plugin = newPlugin(t, w.URL(), never, func(p *Icecast) { p.Password, p.PasswordFile = "", file })
	w.after(t, tick).One(t, "response", "result=unauthorized")
	if err := os.WriteFile(file, []byte("adminpw\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.after(t, tick).One(t, "response", "result=success")
	requests := w.Requests()
	w.after(t, tick)
	if w.Requests() != requests+1 {
		t.Error("a good password costs more than one request")
	}
}

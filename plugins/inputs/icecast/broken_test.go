package icecast

import (
	"strings"
	"testing"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

const twoMounts = "<?xml version=\"1.0\"?>\n<icestats><source mount=\"/a\"><listeners>1</listeners><Connected>100</Connected></source>" +
	"<source mount=\"/b\"><listeners>2</listeners><Connected>100</Connected></source>"

func (w *world) says(body string) { w.SetFault(emulator.Document("made", body)) }

// A document that lost its end says what it has, and nothing about what it does not list.
func TestATruncatedDocumentSaysNothingOfWhatItDoesNotList(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.says(twoMounts + "<source mount=\"/c\"><listeners>3</listeners></source></icestats>")
	w.after(t, tick)
	for range 3 {
		w.says(twoMounts)
		out := w.after(t, tick)
		if got := len(out.Find("listeners")); got != 2 {
			t.Fatalf("%d mounts, want the two that are listed\n%s", got, out.Text)
		}
		if len(out.Find("stream_event"))+len(out.Find("listeners_by_host")) != 0 {
			t.Errorf("a document without its end says %s", out.Text)
		}
		response := out.One(t, "response", "endpoint=listmounts", "result=invalid_document")
		if response.Fields["error"] != "document ends in the middle; what was read whole is kept" {
			t.Errorf("response %v", response.Fields)
		}
		if out.Unread != 1 {
			t.Error("the totals do not miss the host")
		}
		for _, total := range out.Find("listeners_by_mount") {
			t.Errorf("a total from the gather of one block: %v", total)
		}
	}
}

func TestANumberThatIsNoneCostsThatValueOnly(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	for _, number := range []string{"-1", "2147483648", "4294967295", "NaN", "1e3", "12x", ""} {
		w.says(strings.Replace(twoMounts, "<listeners>2<", "<listeners>"+number+"<", 1) + "</icestats>")
		out := w.after(t, tick)
		if found := out.Find("listeners"); len(found) != 1 || found[0].Tags["mount"] != "/a" {
			t.Errorf("%q: listeners %v", number, found)
		}
		if len(out.Find("stream_start")) != 2 {
			t.Errorf("%q: the mount's other values are lost", number)
		}
		if response := out.One(t, "response"); response.Fields["values_dropped"] != int64(1) {
			t.Errorf("%q: response %v", number, response.Fields)
		}
	}
}

func TestANestedTitleOrCountBelongsToNobody(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.says(`<icestats><source mount="/a"><listeners>1</listeners><metadata><listeners>99</listeners></metadata></source></icestats>`)
	w.after(t, tick).One(t, "listeners", "mount=/a").Wants(t, fields{"current": int64(1)})
}

func TestAPageOfHTMLIsNoDocument(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.SetMount(emulator.Mount{Name: "/a", Listeners: 1})
	w.after(t, tick)
	w.says("<html><body>Welcome</body></html>")
	for range 3 {
		out := w.after(t, tick)
		out.One(t, "response", "result=invalid_document")
		if len(out.Points) != 1 {
			t.Errorf("a page of HTML says %s", out.Text)
		}
	}
}

// Two spellings of one mount would be two points with the same tags; the later one would overwrite the other.
func TestTwoSpellingsOfAMountAreOneChannel(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 5})
	w.SetMount(emulator.Mount{Name: "/live%2Emp3", Listeners: 2})
	out := w.after(t, tick)
	out.One(t, "listeners", "mount=/live.mp3").Wants(t, fields{"current": int64(7)})
	out.One(t, "listeners_by_host").Wants(t, fields{"current": int64(7), "mounts": int64(1)})
}

func TestAMountThatIsListedTwiceCountsOnce(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.says(twoMounts + "<source mount=\"/a\"><listeners>1</listeners><Connected>100</Connected></source></icestats>")
	out := w.after(t, tick)
	out.One(t, "listeners", "mount=/a").Wants(t, fields{"current": int64(1)})
	out.One(t, "listeners_by_host").Wants(t, fields{"current": int64(3), "mounts": int64(2)})
}

func TestPseudoMountsCountForTheirServerOnly(t *testing.T) {
	w := newWorld(t, emulator.KH, never)
	w.SetMount(emulator.Mount{Name: "/live", Listeners: 5})
	w.SetMount(emulator.Mount{Name: "fallback-/silence.mp3", Listeners: 4})
	w.SetMount(emulator.Mount{Name: "file-/jingle.mp3", Listeners: 1})
	out := w.after(t, tick)
	if got := len(out.Find("listeners")); got != 1 {
		t.Errorf("%d channels, want 1\n%s", got, out.Text)
	}
	if got := out.One(t, "listeners_by_host").Fields["current"]; got != int64(10) {
		t.Errorf("the server has %v listeners, want 10", got)
	}
}

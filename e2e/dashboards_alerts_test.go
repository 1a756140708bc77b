package e2e

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

func find(t *testing.T, uid string) rule {
	t.Helper()
	list := rules(t)
	i := slices.IndexFunc(list, func(r rule) bool { return r.UID == uid })
	if i < 0 {
		t.Fatalf("there is no rule %s", uid)
	}
	return list[i]
}

// lines writes line protocol.
func (i *influx) lines(t *testing.T, text string) {
	t.Helper()
	resp, err := http.Post(i.url+"/write?db="+database, "", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		t.Fatalf("writing points: %s", resp.Status)
	}
}

const runbookURL = "https://github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/blob/main/docs/runbook.md#"

// Whoever is woken up by an alert reads its runbook_url.
func TestDashboardsAlertsHaveTheirSectionOfTheRunbook(t *testing.T) {
	text, err := os.ReadFile("../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(string(text), -1) {
		anchors[strings.ReplaceAll(strings.ToLower(heading[1]), " ", "-")] = true
	}
	uids := map[string]bool{}
	for _, r := range rules(t) {
		anchor, ok := strings.CutPrefix(r.Annotations["runbook_url"], runbookURL)
		if !ok || !anchors[anchor] {
			t.Errorf("%s: %q is no section of the runbook", r.Title, r.Annotations["runbook_url"])
		}
		delete(anchors, anchor)
		if uids[r.UID] || r.UID == "" || r.For == "" || r.NoDataState == "" || r.ExecErrState == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
			t.Errorf("%s needs a uid of its own, for, states for no data and errors, summary and description: %+v", r.Title, r)
		}
		uids[r.UID] = true
		if !slices.ContainsFunc(r.Data, func(s step) bool { return s.RefID == r.Condition }) {
			t.Errorf("%s: the condition %s is no step", r.Title, r.Condition)
		}
	}
	for anchor := range anchors {
		t.Errorf("the runbook's section %s is of no rule", anchor)
	}
}

// slowly answers a light document well, but late.
func slowly() *emulator.Fault {
	body := `<icestats><source mount="/late.mp3"><listeners>1</listeners><Connected>99</Connected><content-type>audio/mpeg</content-type></source></icestats>`
	return emulator.Slow("late", "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n"+body, 6*time.Millisecond)
}

// TestDashboardsAlertsFireForWhatIsWrongAndForNothingElse lets everything go wrong that a rule looks for, next to a server and a channel
// that are well.
func TestDashboardsAlertsFireForWhatIsWrongAndForNothingElse(t *testing.T) {
	db := startInflux(t)
	began := time.Now()
	server := func(user string) *emulator.Icecast {
		s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: user, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	well, late, closed, shaky := server("admin"), server("admin"), server("another"), server("admin")
	for _, name := range []string{"/well.mp3", "/flapping.mp3", "/gone.mp3", "/halved.mp3"} {
		well.SetMount(emulator.Mount{Name: name, Listeners: 40, Connected: began.Add(-time.Hour)})
	}
	well.SetMount(emulator.Mount{Name: "/small.mp3", Listeners: 1, Connected: began.Add(-time.Hour)})
	late.SetFault(slowly())
	startTelegraf(t, db, fmt.Sprintf(`
[[inputs.icecast]]
  urls = [%q, %q, %q, %q, "http://127.0.0.1:1"]
  username = "admin"
  password = %q
  stats_interval = "-1s"
  aliases = { %q = "well", %q = "late", %q = "closed", %q = "shaky", "127.0.0.1:1" = "dead" }
`, well.URL(), late.URL(), closed.URL(), shaky.URL(), password, well.Addr(), late.Addr(), closed.Addr(), shaky.Addr()))

	count := func(where string) string { return db.last(t, "result_code", "response", where) }
	eventually(t, 20*time.Second, func() string {
		if count(`"host"='late' AND "result"='success'`) == "" || count(`"host"='well' AND "result"='success'`) == "" || count(`"host"='shaky'`) == "" {
			return "not all servers are polled yet"
		}
		return ""
	})
	time.Sleep(2 * time.Second) // until the source is known to be the old one
	shaky.SetFault(emulator.CloseWithoutAnswer())
	well.RemoveMount("/gone.mp3")
	for range 3 {
		well.Reconnect("/flapping.mp3")
		time.Sleep(3 * time.Second) // a start is told to the second
		shaky.SetFault(nil)         // before it would be asked less often
	}
	eventually(t, 20*time.Second, func() string {
		rows := db.query(t, `SELECT "message" FROM "stream_event" WHERE "event"='restarted' AND "mount"='/flapping.mp3'`)
		if len(rows) < 3 || count(`"host"='shaky' AND "result"='connection_failed'`) == "" || count(`"host"='dead' AND "result"='skipped'`) == "" ||
			len(db.query(t, `SELECT "message" FROM "stream_event" WHERE "event"='stopped'`)) == 0 {
			return fmt.Sprintf("not everything has happened yet; restarts: %v", rows)
		}
		return ""
	})
	eventually(t, 20*time.Second, func() string {
		if got := count(`"host"='shaky' AND "result"!='skipped'`); got != "0" {
			return "shaky is not read again: " + got
		}
		return ""
	})

	// Last week's points, which no test can wait for.
	var week strings.Builder
	for at := began; at.Before(time.Now()); at = at.Add(time.Second) {
		for mount, n := range map[string]int{"/well.mp3": 50, "/halved.mp3": 100, "/small.mp3": 4} {
			fmt.Fprintf(&week, "listeners_by_mount,mount=%s,platform=icecast current=%di %d\n", mount, n, at.Add(-7*24*time.Hour).UnixNano())
		}
	}
	db.lines(t, week.String())

	port := func(addr string) string { return " port=" + addr[strings.LastIndexByte(addr, ':')+1:] }
	now := time.Now()
	for uid, want := range map[string][]string{
		"radio-unreachable":  {"host=dead port=1"},
		"radio-channel-gone": {"host=well mount=/gone.mp3"},
		"radio-flapping":     {"host=well mount=/flapping.mp3"},
		"radio-fell":         {"mount=/halved.mp3"},
		"radio-slow":         {"host=late" + port(late.Addr())},
		"radio-credentials":  {"host=closed" + port(closed.Addr())},
		"radio-no-data":      nil,
	} {
		if got := find(t, uid).alarms(t, db, now); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", uid, got, want)
		}
	}
	// An hour later without a point in between.
	for _, r := range rules(t) {
		got := r.alarms(t, db, now.Add(time.Hour))
		if want := r.UID == "radio-no-data"; (len(got) > 0) != want {
			t.Errorf("%s without any data: %q", r.UID, got)
		}
	}
}

// gathers writes what the gathers of one server say, one every 30 seconds: no test can wait for it. s is a success, f a failure, - skipped.
func gathers(t *testing.T, db *influx, host string, from time.Time, failure, story string) (end time.Time) {
	t.Helper()
	code := map[string]int{"success": 0, "timeout": 4, "unauthorized": 6, "skipped": 11}
	var b strings.Builder
	for i, c := range story {
		result := map[rune]string{'s': "success", 'f': failure, '-': "skipped"}[c]
		end = from.Add(time.Duration(i) * 30 * time.Second)
		fmt.Fprintf(&b, "response,host=%s,port=8000,platform=icecast,endpoint=listmounts,result=%s result_code=%di %d\n", host, result, code[result], end.UnixNano())
	}
	db.lines(t, b.String())
	return end
}

// TestDashboardsAlertsOfAServerLastAsLongAsItsTrouble: a server that keeps failing is asked less often, up to every five minutes, and its alert must
// not come and go with that. One request that fails is no alert.
func TestDashboardsAlertsOfAServerLastAsLongAsItsTrouble(t *testing.T) {
	db := startInflux(t)
	from := time.Now().Add(-2 * time.Hour).Truncate(time.Minute)
	well := strings.Repeat("s", 40)
	// Five failures, then every 2nd, 4th, 8th and 10th gather.
	trouble := "fffff" + "-f" + "---f" + "-------f" + strings.Repeat("---------f", 6)
	for uid, failure := range map[string]string{"radio-unreachable": "timeout", "radio-credentials": "unauthorized"} {
		r := find(t, uid)
		host := strings.TrimPrefix(uid, "radio-")
		end := gathers(t, db, host, from, failure, well+trouble)
		begin := from.Add(time.Duration(len(well)) * 30 * time.Second)
		fired := r.fires(t, db, begin, end)
		late := 4 * time.Minute
		if len(fired) == 0 || fired[0] > late || len(fired) != int((end.Sub(begin)-fired[0])/time.Minute)+1 {
			t.Errorf("%s: the trouble lasts %v, the alert fires at %v", uid, end.Sub(begin), fired)
		}
		back := gathers(t, db, host, end.Add(30*time.Second), failure, "ssssssssss")
		if fired := r.fires(t, db, end.Add(time.Minute), back); len(fired) > 0 {
			t.Errorf("%s: all is well again, and the alert still fires at %v", uid, fired)
		}
		db.query(t, `DROP MEASUREMENT "response"`)
		end = gathers(t, db, host, from, failure, well+"f"+well)
		if fired := r.fires(t, db, from, end); len(fired) > 0 {
			t.Errorf("%s: one request failed, and the alert fires at %v", uid, fired)
		}
		db.query(t, `DROP MEASUREMENT "response"`)
	}
}

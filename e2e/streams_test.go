package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestASourceThatComesBackIsAnEventAndACount reconnects a real source.
func TestASourceThatComesBackIsAnEventAndACount(t *testing.T) {
	db := startInflux(t)
	ice := startIcecast(t, "")
	first := ice.source(t, "/one.mp3")
	ice.source(t, "/steady.mp3")
	startTelegraf(t, db, fmt.Sprintf(`
[[inputs.icecast]]
  urls = ["%s"]
  username = "admin"
  password = "%s"
  stats_interval = "1h"
`, ice.url(), password))
	uptime := func(mount string) int64 {
		n, _ := json.Number(db.last(t, "uptime", "stream_start", `"mount"='`+mount+`'`)).Int64()
		return n
	}
	eventually(t, 20*time.Second, func() string {
		if uptime("/one.mp3") < 4 {
			return "the source is not seen to run for four seconds"
		}
		return ""
	})
	first.close()
	eventually(t, 5*time.Second, func() string { // until the server has noticed
		if contains(ice, t, "/one.mp3") {
			return "the mount is still there"
		}
		return ""
	})
	ice.source(t, "/one.mp3")
	back := time.Now()
	var rows []row
	eventually(t, 10*time.Second, func() string {
		rows = db.query(t, `SELECT "message", "downtime", "event" FROM "stream_event" WHERE "mount"='/one.mp3'`)
		if len(rows) == 0 {
			return "there is no event"
		}
		return ""
	})
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(rows[0]["time"]))
	if err != nil || rows[0]["event"] != "restarted" || at.Sub(back) > 2*time.Second {
		t.Errorf("event %v at %v after the reconnect (%v), want restarted within one gather", rows[0], at.Sub(back), err)
	}
	eventually(t, 10*time.Second, func() string {
		if uptime("/one.mp3") < 3 {
			return "the new source does not run"
		}
		return ""
	})
	if rows := db.query(t, `SELECT "message" FROM "stream_event"`); len(rows) != 1 {
		t.Errorf("one reconnect is one event, got %v", rows)
	}
	for mount, want := range map[string]string{"/one.mp3": "1", "/steady.mp3": "0"} {
		if got := db.last(t, "restarts", "stream_start", `"mount"='`+mount+`'`); got != want {
			t.Errorf("restarts of %s are %s, want %s", mount, got, want)
		}
	}
}

// contains says whether a server lists a mount.
func contains(i *icecast, t *testing.T, mount string) bool {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, i.url()+"/admin/listmounts", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("admin", password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(body), `mount="`+mount+`"`)
}

func split(t *testing.T, addr string) (host, port string) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

// TestTitlesArriveAsTheServerHasThem sets titles in both charsets, with everything that has to be escaped somewhere.
func TestTitlesArriveAsTheServerHasThem(t *testing.T) {
	db := startInflux(t)
	ice := startIcecast(t, `<mount><mount-name>/utf8.mp3</mount-name><charset>UTF-8</charset></mount>`)
	ice.source(t, "/latin1.mp3", "ice-name: Station & <Söhne>", `ice-genre: "quoted", a=b\`)
	ice.source(t, "/utf8.mp3")
	startTelegraf(t, db, fmt.Sprintf(`
[[inputs.icecast]]
  urls = ["%s"]
  username = "admin"
  password = "%s"
  stats_interval = "0s"
`, ice.url(), password))
	for _, c := range []struct{ mount, sent, charset, want string }{
		{"/latin1.mp3", "Caf\xE9 & <Br\xF6tchen> \"q\" 'a' =,\\", "ISO-8859-1", "Café & <Brötchen> \"q\" 'a' =,\\"},
		{"/latin1.mp3", "Überall Ärger", "UTF-8", "Überall Ärger"},
		{"/latin1.mp3", "", "UTF-8", ""},
		{"/utf8.mp3", "日本語 📻 Ünï & <x> \"q\"", "", "日本語 📻 Ünï & <x> \"q\""},
		{"/utf8.mp3", "Tom &amp; Jerry", "", "Tom &amp; Jerry"},
	} {
		ice.setTitle(t, c.mount, c.sent, c.charset)
		eventually(t, 15*time.Second, func() string {
			rows := db.query(t, `SELECT last("title") AS value FROM "metadata" WHERE "mount"='%s'`, c.mount)
			if len(rows) == 0 || rows[0]["value"] != c.want {
				return fmt.Sprintf("the title of %s is %v, want %q", c.mount, rows, c.want)
			}
			return ""
		})
	}
	if got := db.last(t, "genre", "metadata", `"mount"='/latin1.mp3'`); got != `"quoted", a=b\` {
		t.Errorf("the genre is %q", got)
	}
}

// TestPeaksAndLimitsAreThoseOfTheServer compares with what a person would expect of the audience.
func TestPeaksAndLimitsAreThoseOfTheServer(t *testing.T) {
	db := startInflux(t)
	ice := startIcecast(t, `<mount><mount-name>/one.mp3</mount-name><max-listeners>7</max-listeners></mount>`)
	ice.source(t, "/one.mp3")
	startTelegraf(t, db, fmt.Sprintf(`
[[inputs.icecast]]
  urls = ["%s"]
  username = "admin"
  password = "%s"
  stats_interval = "0s"
`, ice.url(), password))
	a, b := ice.listen(t, "/one.mp3"), ice.listen(t, "/one.mp3")
	ice.listen(t, "/one.mp3")
	a.close()
	b.close()
	for field, want := range map[string]string{"current": "1", "peak": "3", "slow": "0", "max": "7"} {
		eventually(t, 15*time.Second, func() string {
			if got := db.last(t, field, "listeners", `"mount"='/one.mp3'`); got != want {
				return fmt.Sprintf("%s is %s, want %s", field, got, want)
			}
			return ""
		})
	}
}

// TestAMasterThatFeedsARelayIsNotCountedTwice holds the README's section on masters, relays and totals against two real servers.
func TestAMasterThatFeedsARelayIsNotCountedTwice(t *testing.T) {
	db := startInflux(t)
	master := startIcecast(t, "")
	master.source(t, "/one.mp3")
	host, port := split(t, master.addr)
	edge := startIcecast(t, fmt.Sprintf(`<relay><server>%s</server><port>%s</port><mount>/one.mp3</mount><local-mount>/one.mp3</local-mount>
  <on-demand>0</on-demand><relay-shoutcast-metadata>0</relay-shoutcast-metadata></relay>`, host, port))
	eventually(t, 20*time.Second, func() string {
		if !contains(edge, t, "/one.mp3") {
			return "the edge does not relay yet"
		}
		return ""
	})
	edge.listen(t, "/one.mp3")
	edge.listen(t, "/one.mp3")
	startTelegraf(t, db, fmt.Sprintf(`
[[inputs.icecast]]
  urls = ["%s"]
  username = "admin"
  password = "%s"
  aliases = { "%s" = "master" }
  totals = false
[[inputs.icecast]]
  urls = ["%s"]
  username = "admin"
  password = "%[2]s"
  aliases = { "%[5]s" = "edge" }
`, master.url(), password, master.addr, edge.url(), edge.addr))
	for _, c := range []struct{ measurement, where, want string }{
		{"listeners", `"host"='master'`, "1"}, // the edge
		{"listeners", `"host"='edge'`, "2"},
		{"listeners_by_mount", `"mount"='/one.mp3'`, "2"},
	} {
		eventually(t, 15*time.Second, func() string {
			if got := db.last(t, "current", c.measurement, c.where); got != c.want {
				return fmt.Sprintf("%s where %s is %s, want %s", c.measurement, c.where, got, c.want)
			}
			return ""
		})
	}
}

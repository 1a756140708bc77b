package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

// TestCountsInInfluxDBAreTheListenersAttached is the main job: real sources and listeners on a real Icecast, and streams on an
// emulated Wowza with digest, through real Telegraf into a real InfluxDB.
func TestCountsInInfluxDBAreTheListenersAttached(t *testing.T) {
	db := startInflux(t)
	ice := startIcecast(t, "")
	second := startIcecast(t, "")
	wowza, err := emulator.StartWowza(emulator.WowzaConfig{Password: password, Username: "admin", Auth: emulator.ProfileWMS3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wowza.Close)
	wowza.SetStream("_defaultVHost_", "live", "_definst_", emulator.Stream{Name: "one.mp3", Flash: 2, Cupertino: 5})
	one := ice.source(t, "/one.mp3")
	ice.source(t, "/two%20words.mp3") // which 2.4 decodes
	second.source(t, "/other.mp3")
	second.listen(t, "/other.mp3")

	tg := startTelegraf(t, db, fmt.Sprintf(`
[[inputs.icecast]]
  urls = ["%s"]
  username = "admin"
  password = "%s"
  aliases = { "%s" = "edge1" }
[[inputs.icecast]]
  urls = ["%s"]
  username = "admin"
  password = "%[2]s"
  aliases = { "%[5]s" = "edge2" }
  [inputs.icecast.tags]
    region = "eu"
[[inputs.wowza]]
  urls = ["%[6]s"]
  username = "admin"
  password = "%[2]s"
  aliases = { "%[7]s" = "wowza1" }
`, ice.url(), password, ice.addr, second.url(), second.addr, wowza.URL(), wowza.Addr()))

	is := func(want, field, measurement, where string) {
		t.Helper()
		eventually(t, 15*time.Second, func() string {
			if got := db.last(t, field, measurement, where); got != want {
				return fmt.Sprintf("%s.%s where %s is %q, want %q", measurement, field, where, got, want)
			}
			return ""
		})
	}
	current := func(want, where string) { t.Helper(); is(want, "current", "listeners", where) }

	eventually(t, 15*time.Second, func() string { // each field by its name: InfluxDB drops some names silently
		for _, field := range []string{"total_time", "connect_time", "first_byte_time", "bytes", "http_status", "result_code"} {
			if db.last(t, field, "response", `"host"='edge1'`) == "" {
				return "response." + field + " does not arrive"
			}
		}
		return ""
	})
	current("0", `"host"='edge1' AND "mount"='/one.mp3'`)
	listeners := []*client{ice.listen(t, "/one.mp3"), ice.listen(t, "/one.mp3"), ice.listen(t, "/one.mp3")}
	current("3", `"host"='edge1' AND "mount"='/one.mp3'`)
	listeners[0].close()
	current("2", `"host"='edge1' AND "mount"='/one.mp3'`)
	current("0", `"host"='edge1' AND "mount"='/two words.mp3'`)
	current("1", `"host"='edge2' AND "mount"='/other.mp3' AND "region"='eu'`)
	current("7", `"host"='wowza1' AND "stream"='one.mp3' AND "platform"='wowza'`)
	is("2", "flash", "listeners", `"host"='wowza1' AND "stream"='one.mp3'`)
	is("9", "current", "listeners_by_mount", `"mount"='/one.mp3'`)
	is("0", "hosts_missing", "listeners_by_mount", `"mount"='/one.mp3'`)
	is("2", "current", "listeners_by_host", `"host"='edge1'`)

	if rows := db.query(t, `SHOW TAG VALUES FROM "listeners" WITH KEY = "host" WHERE "host"='agent-host'`); len(rows) > 0 {
		t.Errorf("the agent's host tag won over the plugin's: %v", rows)
	}
	if lines := tg.errors(t); len(lines) > 0 {
		t.Errorf("Telegraf's log is not clean:\n%s", strings.Join(lines, ""))
	}
	if n := wowza.BasicRefused(); n > 0 {
		t.Errorf("the password was sent with Basic %d times", n)
	}

	one.close() // the source stops: its mount goes, with one last 0
	current("0", `"host"='edge1' AND "mount"='/one.mp3'`)
	is("stream stopped", "message", "stream_event", `"host"='edge1' AND "mount"='/one.mp3' AND "event"='stopped'`)
	is("7", "current", "listeners_by_mount", `"mount"='/one.mp3'`)

	killed := time.Now()
	ice.process.kill()
	is("2", "result_code", "response", `"host"='edge1' AND "result"='connection_refused' AND "endpoint"='listmounts'`)
	is("1", "hosts_missing", "listeners_by_mount", `"mount"='/one.mp3'`)
	time.Sleep(2 * time.Second) // two more gathers, which must say nothing of the dead server's mounts
	rows := db.query(t, `SELECT "current" FROM "listeners" WHERE "host"='edge1' AND time > %dms`, killed.Add(1500*time.Millisecond).UnixMilli())
	if len(rows) > 0 {
		t.Errorf("the dead server has counts: %v", rows)
	}
	current("1", `"host"='edge2' AND "mount"='/other.mp3'`)

	lines := tg.errors(t)
	if len(lines) != 1 || !strings.Contains(lines[0], "[inputs.icecast] "+ice.addr+": listmounts: nobody listens there") || strings.Contains(lines[0], `stderr: "`) {
		t.Errorf("one dead server is one line in Telegraf's log, got:\n%s", strings.Join(lines, ""))
	}
	begun := time.Now()
	tg.process.stop(t)
	if took := time.Since(begun); took > 8*time.Second {
		t.Errorf("Telegraf took %v to end with the program", took)
	}
}

// TestThePluginsCompiledIntoTelegraf runs both plugins inside of Telegraf's own agent, without the shim.
func TestThePluginsCompiledIntoTelegraf(t *testing.T) {
	ice := startIcecast(t, "")
	wowza, err := emulator.StartWowza(emulator.WowzaConfig{Auth: emulator.ProfileWSE48Basic})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wowza.Close)
	wowza.SetStream("_defaultVHost_", "live", "_definst_", emulator.Stream{Name: "one.mp3", Cupertino: 5})
	ice.source(t, "/one.mp3")
	ice.listen(t, "/one.mp3")
	dir := t.TempDir()
	out := dir + "/metrics.out"
	conf := write(t, dir, "telegraf.conf", fmt.Sprintf(`
[agent]
  interval = "1s"
  flush_interval = "1s"
  hostname = "agent-host"
[[inputs.icecast]]
  urls = ["%s"]
  username = "admin"
  password = "%s"
[[inputs.wowza]]
  urls = ["%s"]
  username = "admin"
  password = "hackme"
  [inputs.wowza.tags]
    region = "eu"
[[outputs.file]]
  files = ["%s"]
  data_format = "influx"
`, ice.url(), password, wowza.URL(), out))
	p := start(t, nil, 0, customBinary, conf)
	port := func(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }
	for _, want := range []string{
		"listeners,host=127.0.0.1,mount=/one.mp3,platform=icecast,port=" + port(ice.addr) + " current=1i",
		"listeners,application=live,host=127.0.0.1,instance=_definst_,mount=/one.mp3,platform=wowza,port=" + port(wowza.Addr()) + ",region=eu,stream=one.mp3,vhost=_defaultVHost_ ",
		"listeners_by_mount,host=agent-host,mount=/one.mp3 ",
	} {
		eventually(t, 15*time.Second, func() string {
			if text := read(out); !strings.Contains(text, want) {
				return fmt.Sprintf("there is no %s in\n%s\n%s", want, text, p.out.String())
			}
			return ""
		})
	}
	if strings.Contains(p.out.String(), " E! ") {
		t.Errorf("the log is not clean:\n%s", p.out.String())
	}
}

package e2e

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

const (
	soakServers = 200
	soakFaulty  = 50 // of them
)

// TestSoak runs the program under real Telegraf beside 200 servers, 50 of which break in every way, for as long as SOAK says. No point of a
// healthy server may be lost, every restart of a source has to be seen just once, and memory has to stay flat.
func TestSoak(t *testing.T) {
	span, err := time.ParseDuration(os.Getenv("SOAK"))
	if err != nil {
		t.Skip(`set SOAK to a duration such as "10m", or run make soak`)
	}
	fleet := make([]*emulator.Icecast, soakServers)
	for i := range fleet {
		s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		s.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: i, Connected: time.Now().Add(-time.Hour)})
		fleet[i] = s
	}
	out, tg := startSoak(t, fleet)
	eventually(t, 20*time.Second, func() string {
		if info, err := os.Stat(out); err != nil || info.Size() == 0 {
			return "nothing was written: " + tg.out.String()
		}
		return ""
	})
	pid := childOf(t, tg.cmd.Process.Pid)
	restarted, memory := live(fleet, span, pid)
	time.Sleep(5 * time.Second) // the last restart is seen, and written
	tg.stop(t)
	checkSoak(t, out, fleet, restarted)
	third := len(memory) / 3
	early, late := median(memory[third:2*third]), median(memory[2*third:])
	t.Logf("memory in the second third of the time %.1f MB, in the last one %.1f MB", float64(early)/1e6, float64(late)/1e6)
	if late > early+early/10+2<<20 {
		t.Errorf("memory grew from %d to %d bytes", early, late)
	}
}

// startSoak starts Telegraf with the program, a gather every two seconds, into a file.
func startSoak(t *testing.T, fleet []*emulator.Icecast) (out string, tg *process) {
	t.Helper()
	dir := t.TempDir()
	var urls []string
	for _, s := range fleet {
		urls = append(urls, strconv.Quote(s.URL()))
	}
	plugin := write(t, dir, "plugin.conf", fmt.Sprintf("[[inputs.icecast]]\nurls = [%s]\nusername = \"admin\"\npassword = %q\ntimeout = \"1500ms\"\nstats_interval = \"10s\"\n", strings.Join(urls, ", "), password))
	out = filepath.Join(dir, "out.lp")
	conf := write(t, dir, "telegraf.conf", fmt.Sprintf(`
[agent]
  interval = "2s"
  flush_interval = "1s"
  metric_buffer_limit = 1000000
[[inputs.execd]]
  command = [%q, "-config", %q]
  signal = "STDIN"
[[outputs.file]]
  files = [%q]
`, pluginBinary, plugin, out))
	return out, start(t, nil, 0, telegrafBinary, "--config", conf)
}

// live lets the servers break and their sources restart, and looks at the program's memory every second. It returns how often the
// source of each healthy server restarted.
func live(fleet []*emulator.Icecast, span time.Duration, pid int) (restarted []int, memory []int64) {
	random := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // a test that can be repeated
	faults := []func() *emulator.Fault{
		emulator.Hang, emulator.HangAfterRequest, emulator.ResetAtAccept, emulator.ResetInHeaders, emulator.ResetInBody, emulator.CloseWithoutAnswer,
		emulator.ShortBody, emulator.BrokenChunks, emulator.BadGzip,
		func() *emulator.Fault { return emulator.Status(503) },
		func() *emulator.Fault { return emulator.SlowBody(5 * time.Millisecond) },
		func() *emulator.Fault { return emulator.Document("html", "<html></html>") },
		func() *emulator.Fault { return nil },
	}
	restarted = make([]int, len(fleet))
	last := make([]time.Time, len(fleet))
	for end := time.Now().Add(span); time.Now().Before(end); time.Sleep(time.Second) {
		for range 10 {
			fleet[random.IntN(soakFaulty)].SetFault(faults[random.IntN(len(faults))]())
		}
		for range 3 {
			i := soakFaulty + random.IntN(len(fleet)-soakFaulty)
			if time.Since(last[i]) > 8*time.Second { // connected seconds tell no less
				last[i] = time.Now()
				restarted[i]++
				fleet[i].Reconnect("/live.mp3")
			}
		}
		memory = append(memory, rss(pid))
	}
	return restarted, memory
}

// checkSoak reads what Telegraf wrote.
func checkSoak(t *testing.T, file string, fleet []*emulator.Icecast, restarted []int) {
	t.Helper()
	points, failed, seen, gathers := map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		series, _, _ := strings.Cut(line, " ")
		port := tagOf(series, "port")
		switch {
		case strings.HasPrefix(line, "listeners,"):
			points[port]++
			gathers[line[strings.LastIndexByte(line, ' '):]] = true
		case strings.HasPrefix(line, "response,") && tagOf(series, "endpoint") == "listmounts" && tagOf(series, "result") != "success":
			failed[port]++
		case strings.HasPrefix(line, "stream_event,") && tagOf(series, "event") == "restarted":
			seen[port]++
		}
	}
	total := 0
	for i := soakFaulty; i < len(fleet); i++ {
		_, port, _ := strings.Cut(fleet[i].Addr(), ":")
		if points[port] != len(gathers) {
			t.Errorf("server %d: %d points of %d gathers, %d of its requests failed", i, points[port], len(gathers), failed[port])
		}
		if seen[port] != restarted[i] {
			t.Errorf("server %d: its source restarted %d times, and %d were seen", i, restarted[i], seen[port])
		}
		total += restarted[i]
	}
	t.Logf("%d gathers of %d healthy servers, %d restarts", len(gathers), len(fleet)-soakFaulty, total)
	if len(gathers) == 0 || total == 0 {
		t.Error("nothing happened")
	}
}

func tagOf(series, name string) string {
	_, after, _ := strings.Cut(series, ","+name+"=")
	value, _, _ := strings.Cut(after, ",")
	return value
}

// childOf finds the program that Telegraf started.
func childOf(t *testing.T, parent int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", parent))
	if err == nil && len(strings.Fields(string(text))) > 0 {
		pid, _ := strconv.Atoi(strings.Fields(string(text))[0])
		return pid
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, _ := os.ReadFile(file)
		rest := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(rest) > 1 && rest[1] == strconv.Itoa(parent) {
			pid, _ := strconv.Atoi(strings.Fields(string(text))[0])
			return pid
		}
	}
	t.Fatal("Telegraf has not started the program")
	return 0
}

// rss is the memory of a process in bytes.
func rss(pid int) int64 {
	for line := range strings.Lines(read(fmt.Sprintf("/proc/%d/status", pid))) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			var kib int64
			_, _ = fmt.Sscan(value, &kib)
			return kib << 10
		}
	}
	return 0
}

func median(values []int64) int64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

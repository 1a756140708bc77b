package faults

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/plugins/inputs"
	"go.uber.org/goleak"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/wowza"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	password = "s3cr3t-pässwörd" // must be nowhere in what comes out
	timeout  = 400 * time.Millisecond
)

// entry is one row of the matrix.
type entry struct {
	fault  string // what happens
	result string // the result tag of the faulty server's response
	text   string // a part of its error field, "" for a success
	make   func(t *testing.T) subject
}

// subject is one faulty server and how it is polled.
type subject struct {
	url    string
	wowza  bool
	change func(*icecast.Icecast)          // of the plugin's options
	check  func(*testing.T, golden.Output) // what else has to be so
}

// TestEveryFaultHasItsResultAndHidesNoOtherServer polls each faulty server beside a healthy one of its platform.
func TestEveryFaultHasItsResultAndHidesNoOtherServer(t *testing.T) {
	for _, e := range matrix {
		t.Run(e.fault, func(t *testing.T) {
			before := runtime.NumGoroutine()
			t.Run("poll", func(t *testing.T) { poll(t, e) })
			for range 200 { // what the fault left behind ends by itself
				if runtime.NumGoroutine() <= before {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		})
	}
}

func poll(t *testing.T, e entry) {
	s := e.make(t)
	var plugin telegraf.Input
	if s.wowza {
		plugin = wowzaPlugin(t, s.url)
	} else {
		plugin = icecastPlugin(t, s)
	}
	var heap runtime.MemStats
	began := time.Now()
	out := golden.Gather(t, plugin, began)
	if took := time.Since(began); took > timeout+2*time.Second {
		t.Errorf("the gather took %s with a timeout of %s", took, timeout)
	}
	runtime.GC()
	runtime.ReadMemStats(&heap)
	if heap.HeapAlloc > 64<<20 {
		t.Errorf("%d MiB are held after the gather", heap.HeapAlloc>>20)
	}
	faulty := out.Find("response", "host=faulty", "result="+e.result)
	if len(faulty) == 0 {
		t.Fatalf("no response with result=%s\n%s", e.result, out.Text)
	}
	got, _ := faulty[0].Fields["error"].(string)
	if !strings.Contains(got, e.text) || (e.text == "") != (got == "") {
		t.Errorf("the error is %q, want one that says %q", got, e.text)
	}
	for _, p := range out.Find("response", "host=healthy") {
		if p.Tags["result"] != "success" {
			t.Errorf("the healthy server: %v %v", p.Tags["result"], p.Fields["error"])
		}
	}
	if healthy := out.One(t, "listeners", "host=healthy"); healthy.Fields["current"] != int64(42) {
		t.Errorf("the healthy server has %v listeners, want 42", healthy.Fields["current"])
	}
	out.One(t, "listeners_by_host", "host=healthy")
	if everything := out.Text + strings.Join(out.Errors, ""); strings.Contains(everything, password) || strings.Contains(everything, "s3cr3t") {
		t.Errorf("the password is in what came out:\n%s", everything)
	}
	if s.check != nil {
		s.check(t, out)
	}
}

// icecastPlugin polls a healthy server and then the faulty one.
func icecastPlugin(t *testing.T, s subject) telegraf.Input {
	t.Helper()
	healthy := startIcecast(t, emulator.IcecastConfig{})
	healthy.SetMount(emulator.Mount{Name: "/healthy.mp3", Listeners: 42})
	p := inputs.Inputs["icecast"]().(*icecast.Icecast)
	p.URLs, p.Username, p.Password, p.Log = []string{healthy.URL(), s.url}, "admin", password, golden.Logger()
	p.Aliases = map[string]string{healthy.Addr(): "healthy", hostPort(t, s.url): "faulty"}
	p.Timeout, p.StatsInterval, p.MaxBodySize = config.Duration(timeout), 0, 1<<20
	if s.change != nil {
		s.change(p)
	}
	if err := p.Init(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

func wowzaPlugin(t *testing.T, url string) telegraf.Input {
	t.Helper()
	healthy := startWowza(t, emulator.WowzaConfig{})
	healthy.SetStream("_defaultVHost_", "live", "_definst_", emulator.Stream{Name: "healthy", Cupertino: 42})
	p := inputs.Inputs["wowza"]().(*wowza.Wowza)
	p.URLs, p.Username, p.Password, p.Log = []string{healthy.URL(), url}, "admin", password, golden.Logger()
	p.Aliases = map[string]string{healthy.Addr(): "healthy", hostPort(t, url): "faulty"}
	p.Timeout, p.MaxBodySize = config.Duration(timeout), 1<<20
	if err := p.Init(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// TestTheDocumentationIsTheMatrix holds docs/faults.md against the table.
func TestTheDocumentationIsTheMatrix(t *testing.T) {
	const file = "../../docs/faults.md"
	var want bytes.Buffer
	fmt.Fprintf(&want, "# What happens when\n\nThis table is made from the tests that cause each fault (`internal/faults`). In all of them every other server of the block is read in\n"+
		"full, no secret comes out, and goroutines and memory return to what they were.\n\n| fault | `result` | the error says |\n|---|---|---|\n")
	for _, e := range matrix {
		text := e.text
		if text == "" {
			text = "–"
		}
		fmt.Fprintf(&want, "| %s | `%s` | %s |\n", e.fault, e.result, text)
	}
	want.WriteString("\nFaults of the process itself, each with its test:\n\n| fault | what happens | test |\n|---|---|---|\n")
	for _, p := range processFaults {
		fmt.Fprintf(&want, "| %s | %s | `%s` |\n", p.fault, p.happens, p.test)
		source, err := os.ReadFile("../../" + p.file)
		if err != nil || !bytes.Contains(source, []byte("func "+p.test+"(")) {
			t.Errorf("%s is not in %s", p.test, p.file)
		}
	}
	if *golden.Update {
		if err := os.WriteFile(file, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is not made from the matrix: run make docs (%v)", file, err)
	}
}

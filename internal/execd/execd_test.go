package execd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/logger"
	"github.com/influxdata/telegraf/plugins/inputs"
	"go.uber.org/goleak"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/wowza"
)

func TestMain(m *testing.M) {
	// The shim's handler of signals stays for the life of a process.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("os/signal.loop"),
		goleak.IgnoreTopFunction("github.com/influxdata/telegraf/plugins/common/shim.(*Shim).watchForShutdown.func1"))
}

func icecastBlock(t *testing.T, totals bool, urls ...string) Block {
	t.Helper()
	p := inputs.Inputs["icecast"]().(*icecast.Icecast)
	p.URLs, p.Username, p.Password, p.Totals = urls, "admin", "hackme", totals
	if err := p.Init(); err != nil {
		t.Fatal(err)
	}
	return Block{Kind: "icecast", Input: p}
}

func wowzaBlock(t *testing.T, urls ...string) Block {
	t.Helper()
	p := inputs.Inputs["wowza"]().(*wowza.Wowza)
	p.URLs, p.Username, p.Password = urls, "admin", "hackme"
	if err := p.Init(); err != nil {
		t.Fatal(err)
	}
	return Block{Kind: "wowza", Input: p}
}

func startIcecast(t *testing.T, listeners int) *emulator.Icecast {
	t.Helper()
	s, err := emulator.StartIcecast(emulator.IcecastConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: listeners})
	return s
}

func startWowza(t *testing.T, listeners int) *emulator.Wowza {
	t.Helper()
	w, err := emulator.StartWowza(emulator.WowzaConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.SetStream("_defaultVHost_", "live", "_definst_", emulator.Stream{Name: "live.mp3", Cupertino: listeners})
	return w
}

// once gathers once and returns the points, what was logged, and how many servers were not read.
func once(t *testing.T, blocks ...Block) (out golden.Output, log string, unread int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	unread, err := Once(context.Background(), Options{Blocks: blocks, Stdout: &stdout, Stderr: &stderr})
	if err != nil {
		t.Fatal(err)
	}
	golden.NoSecrets(t, stdout.String()+stderr.String())
	return golden.Output{Text: stdout.String(), Points: golden.Conforms(t, stdout.Bytes(), "region")}, stderr.String(), unread
}

func TestATotalIsOverAllServersOfAllBlocksOfBothPlatforms(t *testing.T) {
	out, log, unread := once(t,
		icecastBlock(t, true, startIcecast(t, 100).URL(), startIcecast(t, 10).URL()),
		icecastBlock(t, true, startIcecast(t, 1000).URL()),
		icecastBlock(t, false, startIcecast(t, 3).URL()), // a master: its listeners are the edges
		wowzaBlock(t, startWowza(t, 5).URL()))
	total := out.One(t, "listeners_by_mount", "mount=/live.mp3")
	total.Wants(t, map[string]any{"current": int64(1115), "hosts": int64(4), "hosts_missing": int64(0)})
	if len(total.Tags) != 1 {
		t.Errorf("tags %v: two platforms carry the channel, so it has none", total.Tags)
	}
	if log != "" || unread != 0 {
		t.Errorf("%d unread, log %s", unread, log)
	}
}

func TestATotalOfOnePlatformSaysWhich(t *testing.T) {
	out, _, _ := once(t, wowzaBlock(t, startWowza(t, 5).URL()))
	if got := out.One(t, "listeners_by_mount").Tags["platform"]; got != "wowza" {
		t.Errorf("platform %q", got)
	}
}

func TestATotalFallsToZeroWhenTheLastServerLosesTheChannel(t *testing.T) {
	w := startWowza(t, 5)
	b := wowzaBlock(t, w.URL())
	var stdout bytes.Buffer
	list := newBlocks([]Block{b}, &stdout)
	t.Cleanup(list.Stop)
	var totals []string
	for range 4 {
		stdout.Reset()
		_ = list.Gather(nil)
		for _, p := range golden.Conforms(t, stdout.Bytes(), "region") {
			if p.Measurement == "listeners_by_mount" {
				totals = append(totals, fmt.Sprint(p.Fields["current"], " on ", p.Fields["hosts"]))
			}
		}
		w.RemoveStream("_defaultVHost_", "live", "_definst_", "live.mp3")
	}
	if got, want := strings.Join(totals, ", "), "5 on 1, 0 on 0"; got != want {
		t.Errorf("totals %s, want %s: once, when two documents in a row are without it", got, want)
	}
}

func TestATotalSaysHowManyServersAreMissing(t *testing.T) {
	out, log, unread := once(t, icecastBlock(t, true, startIcecast(t, 100).URL(), "http://127.0.0.1:1"), wowzaBlock(t, "http://127.0.0.1:2"))
	out.One(t, "listeners_by_mount").Wants(t, map[string]any{"current": int64(100), "hosts": int64(1), "hosts_missing": int64(2)})
	if unread != 2 || strings.Count(log, "E! ") != 2 {
		t.Errorf("%d unread, log %s", unread, log)
	}
}

func TestABlocksTagsAreOnAllOfItsPoints(t *testing.T) {
	b := icecastBlock(t, false, startIcecast(t, 1).URL())
	b.Tags = map[string]string{"region": "eu"}
	out, _, _ := once(t, b)
	for _, p := range out.Points {
		if p.Tags["region"] != "eu" {
			t.Errorf("%s %v", p.Measurement, p.Tags)
		}
	}
}

func TestAllPointsOfAGatherHaveOneTime(t *testing.T) {
	out, _, _ := once(t, icecastBlock(t, true, startIcecast(t, 1).URL()), wowzaBlock(t, startWowza(t, 1).URL()))
	for _, p := range out.Points {
		if !p.Time.Equal(out.Points[0].Time) {
			t.Errorf("%s is of %s, %s of %s", p.Measurement, p.Time, out.Points[0].Measurement, out.Points[0].Time)
		}
	}
}

func TestLogLinesHaveTheirLevelAndTelegrafReadsEveryOne(t *testing.T) {
	var log bytes.Buffer
	stop, err := logTo(&log)
	if err != nil {
		t.Fatal(err)
	}
	l := logger.New("inputs", "icecast", "")
	l.Error("first\nsecond\r\n")
	l.Warnf("third %d", 3)
	l.Info("fourth")
	stop()
	l.Info("after the end")
	want := "E! [inputs.icecast] first\nE! [inputs.icecast] second\nW! [inputs.icecast] third 3\nI! [inputs.icecast] fourth\n"
	if log.String() != want {
		t.Errorf("log\n%swant\n%s", &log, want)
	}
}

// broken is an input that fails as no input of this project does.
type broken struct{}

func (broken) SampleConfig() string              { return "" }
func (broken) Gather(telegraf.Accumulator) error { return errors.New("no way") }

func TestAnErrorOfAnInputIsLoggedAndHidesNoOther(t *testing.T) {
	out, log, _ := once(t, Block{Kind: "icecast", Input: broken{}}, icecastBlock(t, true, startIcecast(t, 7).URL()))
	out.One(t, "listeners")
	if log != "E! [inputs.icecast] gathering failed: no way\n" {
		t.Errorf("log %q", log)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	var log bytes.Buffer
	_, err := Once(context.Background(), Options{Blocks: []Block{icecastBlock(t, true, startIcecast(t, 7).URL())}, Stdout: failing{}, Stderr: &log})
	if err == nil || !strings.Contains(log.String(), "E! [inputs.icecast] writing to standard output: disk full\n") {
		t.Errorf("error %v, log %s", err, &log)
	}
}

// lines is a standard output that tells of every write.
type lines chan string

func (l lines) Write(b []byte) (int, error) { l <- string(b); return len(b), nil }

func TestEveryPromptIsAGatherUntilTheEnd(t *testing.T) {
	s := startIcecast(t, 7)
	stdin, prompts := io.Pipe()
	out := make(lines, 100)
	done := make(chan error, 1)
	go func() {
		done <- Run(context.Background(), Options{Blocks: []Block{icecastBlock(t, true, s.URL())}, Stdin: stdin, Stdout: out, Stderr: io.Discard})
	}()
	for range 3 {
		_, _ = io.WriteString(prompts, "\n")
		if text := <-out; !strings.Contains(text, "listeners_by_mount,") {
			t.Errorf("one write is not one gather: %s", text)
		}
	}
	_ = prompts.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := s.RequestsTo("/admin/listmounts"); got != 3 {
		t.Errorf("3 prompts are %d gathers", got)
	}
}

func TestWithAPollIntervalItGathersByItself(t *testing.T) {
	stdin, prompts := io.Pipe()
	defer prompts.Close()
	out := make(lines, 100)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	block := icecastBlock(t, true, startIcecast(t, 7).URL())
	go func() {
		done <- Run(ctx, Options{Blocks: []Block{block}, Stdin: stdin, Stdout: out, Stderr: io.Discard, PollInterval: 20 * time.Millisecond})
	}()
	for range 3 {
		<-out
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

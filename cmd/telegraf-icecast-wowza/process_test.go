package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
)

// program is the program as a process of its own, as Telegraf runs it.
type program struct {
	*exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	pipe   io.Closer // of stdout
	log    *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// launch starts the program with a configuration.
func launch(t *testing.T, conf string) *program {
	t.Helper()
	return launchWith(t, conf, "true")
}

// launchWith starts it from a shell, behind a command such as "ulimit -n 40".
func launchWith(t *testing.T, conf, before string) *program {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "telegraf-icecast-wowza") // the name tells the test binary to be the program
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "plugin.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{Cmd: exec.Command("sh", "-c", before+` && exec "$0" "$@"`, name, "-config", file), log: &lockedBuffer{}}
	p.Stderr = p.log
	p.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // the race detector's own second at the end
	if p.stdin, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdout, p.pipe = bufio.NewReader(out), out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

func (p *program) prompt(t *testing.T) {
	t.Helper()
	if _, err := io.WriteString(p.stdin, "\n"); err != nil {
		t.Fatal(err)
	}
}

// gather prompts and reads until a line has the given text.
func (p *program) gather(t *testing.T, last string) {
	t.Helper()
	p.prompt(t)
	for {
		line, err := p.stdout.ReadString('\n')
		if err != nil {
			t.Fatalf("%v\n%s", err, p.log)
		}
		golden.Conforms(t, []byte(line))
		if strings.Contains(line, last) {
			return
		}
	}
}

// rest reads standard output to its end and waits for the process. It returns what was read and how long both took.
func (p *program) rest(t *testing.T) (out []byte, took time.Duration) {
	t.Helper()
	began := time.Now()
	out, err := io.ReadAll(p.stdout)
	if err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // the status is in ProcessState
	took = time.Since(began)
	golden.NoSecrets(t, string(out)+p.log.String())
	return out, took
}

// server starts an emulated server with one mount and returns it with its URL in quotes.
func server(t *testing.T) (*emulator.Icecast, string) {
	t.Helper()
	s, err := emulator.StartIcecast(emulator.IcecastConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 7})
	return s, fmt.Sprintf("%q", s.URL())
}

const account = "\nusername = \"admin\"\npassword = \"hackme\"\n"

// until waits, at most five seconds, until something is so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 500 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never happened: %s", what)
}

// Telegraf closes standard input and waits. A hanging server must not hold the program, and what the others said is written.
func TestTheProgramEndsSoonWhileAServerHangs(t *testing.T) {
	for name, end := range map[string]func(*program) error{
		"standard input closed": func(p *program) error { return p.stdin.Close() },
		"SIGTERM":               func(p *program) error { return p.Process.Signal(syscall.SIGTERM) },
		"SIGINT":                func(p *program) error { return p.Process.Signal(syscall.SIGINT) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			well, wellURL := server(t)
			hanging, hangingURL := server(t)
			hanging.SetFault(emulator.HangAfterRequest())
			p := launch(t, "[[inputs.icecast]]\nurls = ["+wellURL+", "+hangingURL+"]\ntimeout = \"60s\"\nstats_interval = \"-1s\""+account)
			p.prompt(t)
			until(t, "both servers are asked", func() bool { return well.Requests() == 1 && hanging.Requests() == 1 })
			if err := end(p); err != nil {
				t.Fatal(err)
			}
			out, took := p.rest(t)
			if took > 2*time.Second {
				t.Errorf("it took %s", took)
			}
			if status := p.ProcessState.ExitCode(); status != exitOK {
				t.Errorf("exit status %d\n%s", status, p.log)
			}
			golden.Conforms(t, out)
			if !bytes.Contains(out, []byte("mount=/live.mp3,platform=icecast")) || !bytes.Contains(out, []byte("current=7i")) {
				t.Errorf("what the other server said is lost:\n%s", out)
			}
		})
	}
}

// A gather that is about to be done is finished, written and read.
func TestAGatherInFlightIsFinished(t *testing.T) {
	t.Parallel()
	s, url := server(t)
	s.SetFault(emulator.Slow("slow", "HTTP/1.1 200 OK\r\n\r\n<icestats><source mount=\"/s\"><listeners>3</listeners></source></icestats>", 5*time.Millisecond))
	p := launch(t, "[[inputs.icecast]]\nurls = ["+url+"]\nstats_interval = \"-1s\""+account)
	p.prompt(t)
	until(t, "the server is asked", func() bool { return s.Requests() == 1 })
	_ = p.stdin.Close()
	if out, _ := p.rest(t); !bytes.Contains(out, []byte("current=3i")) {
		t.Errorf("the gather in flight is lost:\n%s\n%s", out, p.log)
	}
}

// A Telegraf that is stopped reads nothing; the pipe is full, and the program has to end all the same.
func TestTheProgramEndsWhileNobodyReadsItsOutput(t *testing.T) {
	t.Parallel()
	s, url := server(t)
	for i := range 1500 {
		s.SetMount(emulator.Mount{Name: fmt.Sprintf("/%04d", i)})
	}
	p := launch(t, "[[inputs.icecast]]\nurls = ["+url+"]"+account)
	p.prompt(t)
	until(t, "the server is asked", func() bool { return s.RequestsTo("/admin/stats") == 1 })
	time.Sleep(50 * time.Millisecond)
	began := time.Now()
	_ = p.stdin.Close()
	_ = p.Wait()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
	if !strings.Contains(p.log.String(), "standard output is not read") {
		t.Errorf("the log does not say why: %s", p.log)
	}
}

func TestStandardOutputIsLineProtocolAndTheLogHasLevels(t *testing.T) {
	t.Parallel()
	s, url := server(t)
	p := launch(t, "[[inputs.icecast]]\nurls = ["+url+", \"http://127.0.0.1:1\"]"+account)
	for range 3 {
		p.gather(t, "listeners_by_mount,")
	}
	s.SetFault(emulator.Status(500))
	p.gather(t, "result=http_error")
	s.SetFault(nil)
	p.gather(t, "listeners_by_mount,")
	_ = p.stdin.Close()
	out, _ := p.rest(t)
	golden.Conforms(t, out)
	levels := ""
	for line := range strings.Lines(p.log.String()) {
		levels += line[:3]
	}
	if levels != "E! E! I! " {
		t.Errorf("the log has %q, want one error for the server that refuses, one for the status, and the recovery\n%s", levels, p.log)
	}
	if strings.Count(p.log.String(), "] 127.0.0.1:1:") != 1 {
		t.Errorf("one server that stays away is not one line:\n%s", p.log)
	}
}

// The shim keeps one prompt while a gather runs and drops the others silently. That is said, once.
func TestGathersThatTakeLongerThanTheIntervalAreSaidOnce(t *testing.T) {
	t.Parallel()
	s, url := server(t)
	s.SetFault(emulator.HangAfterRequest())
	p := launch(t, "[[inputs.icecast]]\nurls = ["+url+"]\ntimeout = \"300ms\"\nstats_interval = \"-1s\""+account)
	for range 12 {
		p.prompt(t)
		time.Sleep(50 * time.Millisecond)
	}
	_ = p.stdin.Close()
	p.rest(t)
	if n := strings.Count(p.log.String(), "W! a gather takes longer than the interval"); n != 1 {
		t.Errorf("it is said %d times\n%s", n, p.log)
	}
}

// The reader of standard output is gone: there is nothing left to do.
func TestTheProgramEndsWhenItsOutputIsClosed(t *testing.T) {
	t.Parallel()
	s, url := server(t)
	p := launch(t, "[[inputs.icecast]]\nurls = ["+url+"]"+account)
	p.prompt(t)
	if _, err := p.stdout.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	_ = p.pipe.Close()
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	requests := s.Requests()
	for range 100 {
		if _, err := io.WriteString(p.stdin, "\n"); err != nil {
			break
		}
		select {
		case <-ended:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Errorf("it still runs, and asked %d times more", s.Requests()-requests)
}

// Thirty servers that hold their connections do not fit into the limit; who does not is told what to raise, and who does is read.
func TestTheLimitOfFileDescriptorsIsSaid(t *testing.T) {
	t.Parallel()
	_, first := server(t)
	urls := first
	for range 40 {
		s, url := server(t)
		s.SetFault(emulator.HangAfterRequest())
		urls += ", " + url
	}
	p := launchWith(t, "[[inputs.icecast]]\nurls = ["+urls+"]\ntimeout = \"1s\"\nstats_interval = \"-1s\""+account, "ulimit -n 30")
	p.prompt(t)
	until(t, "the limit is said", func() bool { return strings.Contains(p.log.String(), "LimitNOFILE") })
	_ = p.stdin.Close()
	out, _ := p.rest(t)
	golden.Conforms(t, out)
	if !bytes.Contains(out, []byte("too many open files: raise the limit")) || !bytes.Contains(out, []byte("current=7i")) {
		t.Errorf("output\n%s", out)
	}
}

// A limit of no bytes for files is a disk that is full. The program writes no files.
func TestAFullDiskIsNoObstacle(t *testing.T) {
	t.Parallel()
	_, url := server(t)
	p := launchWith(t, "[[inputs.icecast]]\nurls = ["+url+"]"+account, "ulimit -f 0")
	p.gather(t, "listeners_by_mount,")
	_ = p.stdin.Close()
	p.rest(t)
	if status := p.ProcessState.ExitCode(); status != exitOK {
		t.Errorf("exit status %d\n%s", status, p.log)
	}
}

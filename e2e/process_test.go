package e2e

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that the test started and ends.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	once sync.Once
	out  lockedBuffer
}

// start runs a program; it is ended with the test.
func start(t *testing.T, env []string, uid uint32, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if uid != 0 && os.Geteuid() == 0 {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("%s: %v; is it installed?", name, err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// stop sends SIGTERM, and SIGKILL to what is still there 15 seconds later.
func (p *process) stop(t *testing.T) {
	p.once.Do(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(15 * time.Second):
			t.Errorf("%s did not end after SIGTERM", p.cmd.Path)
			p.kill()
		}
	})
}

// kill ends it at once, as a crash would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// lockedBuffer collects output that another goroutine reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
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

// freePort returns a port of loopback on which nobody listens.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// eventually waits until check returns no complaint.
func eventually(t *testing.T, within time.Duration, check func() string) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		complaint := check()
		if complaint == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %v: %s", within, complaint)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// listening waits until a server takes connections.
func listening(t *testing.T, addr string, p *process) {
	t.Helper()
	eventually(t, 20*time.Second, func() string {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return err.Error() + "\n" + p.out.String()
		}
		conn.Close()
		return ""
	})
}

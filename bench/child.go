//go:build bench

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/plugins/inputs"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
)

// order is what a child process is told to do, on standard input.
type order struct {
	URLs    []string
	Gathers int
	Discard bool // only fetch, with a plain client
	Stats   bool // also the heavy document
}

// account is what it says of itself, on standard output.
type account struct {
	CPU         time.Duration // of the gathers after the first one
	PeakRSS     int64         // bytes
	Descriptors int           // most at a time
	Points      int64         // bytes of line protocol, to see that work was done
}

// runChild starts this program as a child and returns its account.
func runChild(o order) (account, error) {
	self, err := os.Executable()
	if err != nil {
		return account{}, err
	}
	in, err := json.Marshal(o)
	if err != nil {
		return account{}, err
	}
	cmd := exec.Command(self, "child", "gather")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return account{}, fmt.Errorf("child: %w", err)
	}
	var a account
	return a, json.Unmarshal(out, &a)
}

// child does an order.
func child([]string) error {
	var o order
	if err := json.NewDecoder(os.Stdin).Decode(&o); err != nil {
		return err
	}
	var a account
	gather, err := o.gatherer(&a)
	if err != nil {
		return err
	}
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { watchDescriptors(done, &a.Descriptors) })
	gather()
	before := cpuTime()
	for range o.Gathers {
		gather()
	}
	a.CPU = cpuTime() - before
	close(done)
	watch.Wait()
	a.PeakRSS = status("VmHWM")
	return json.NewEncoder(os.Stdout).Encode(a)
}

// meter counts what is written to it.
type meter struct{ n *int64 }

func (m meter) Write(b []byte) (int, error) { *m.n += int64(len(b)); return len(b), nil }

func (o order) gatherer(a *account) (func(), error) {
	if o.Discard {
		return o.discard(a), nil
	}
	p := inputs.Inputs["icecast"]().(*icecast.Icecast)
	p.URLs, p.Username, p.Password = o.URLs, user, password
	p.StatsInterval, p.Timeout = -1, config.Duration(time.Minute)
	if o.Stats {
		p.StatsInterval = 0
	}
	if err := p.Init(); err != nil {
		return nil, err
	}
	acc := accumulator{Lines: emit.NewLines(meter{&a.Points})}
	return func() {
		_ = p.Gather(acc) // its errors are points
		_ = acc.Flush()
	}, nil
}

// AddError is where the plugin's errors go: here there must be none.
func (accumulator) AddError(err error) { panic(err) }

// discard fetches with net/http and throws away what comes, as many at a time as the plugin.
func (o order) discard(a *account) func() {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return func() {
		turns := make(chan string)
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range min(256, len(o.URLs)) {
			wg.Go(func() {
				for url := range turns {
					req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, url+"/admin/listmounts", nil)
					req.SetBasicAuth(user, password)
					resp, err := client.Do(req)
					if err != nil {
						panic(err)
					}
					n, _ := io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
					mu.Lock()
					a.Points += n
					mu.Unlock()
				}
			})
		}
		for _, url := range o.URLs {
			turns <- url
		}
		close(turns)
		wg.Wait()
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchDescriptors notes the most open descriptors.
func watchDescriptors(done <-chan struct{}, most *int) {
	for {
		if entries, err := os.ReadDir("/proc/self/fd"); err == nil {
			*most = max(*most, len(entries)-1) // the folder's own
		}
		select {
		case <-done:
			return
		case <-time.After(3 * time.Millisecond):
		}
	}
}

// status reads a size of this process, in bytes.
func status(key string) int64 { return statusOf("self", key) }

func statusOf(pid, key string) int64 {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, key+":"); ok {
			var kib int64
			_, _ = fmt.Sscan(value, &kib)
			return kib << 10
		}
	}
	return 0
}

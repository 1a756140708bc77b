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
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/influxdata/telegraf/config"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
)

// order is what a child process is told to do, on standard input.
type order struct {
	URLs    []string
	Gathers int
	Work    work
}

// work is what is done with the documents.
type work int

const (
	discarded work = iota // by a plain client
	read                  // by this project, and no more
	written               // and as line protocol
)

// account is what it says of itself, on standard output.
type account struct {
	CPU     time.Duration // of the gathers after the first one
	Written int64         // bytes of documents or line protocol, to see that work was done
}

// patience is how long a process may take that does a bounded piece of work.
const patience = 5 * time.Minute

// runChild starts this program as a child, on one core, and returns its account.
func runChild(o order) (account, error) {
	self, err := os.Executable()
	if err != nil {
		return account{}, err
	}
	in, err := json.Marshal(o)
	if err != nil {
		return account{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "child")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	out, err := cmd.Output()
	if err != nil {
		return account{}, fmt.Errorf("child: %w", err)
	}
	var a account
	if err := json.Unmarshal(out, &a); err != nil || a.Written == 0 {
		return account{}, fmt.Errorf("the child did no work: %q", out)
	}
	return a, nil
}

// child does an order.
func child() error {
	var o order
	if err := json.NewDecoder(os.Stdin).Decode(&o); err != nil {
		return err
	}
	var out meter
	gather := discard(o.URLs, &out)
	if o.Work != discarded {
		var err error
		if gather, err = plugin(o.URLs, o.Work, &out); err != nil {
			return err
		}
	}
	gather()
	before := cpuTime()
	for range o.Gathers {
		gather()
	}
	return json.NewEncoder(os.Stdout).Encode(account{CPU: cpuTime() - before, Written: out.Load()})
}

// meter counts what is written to it.
type meter struct{ atomic.Int64 }

func (m *meter) Write(b []byte) (int, error) { m.Add(int64(len(b))); return len(b), nil }

// plugin gathers as this project does, the light document of every server.
func plugin(urls []string, w work, out *meter) (func(), error) {
	p := newIcecast().(*icecast.Icecast)
	p.URLs, p.Username, p.Password = urls, user, password
	p.StatsInterval, p.Timeout = -1, config.Duration(time.Minute)
	if err := p.Init(); err != nil {
		return nil, err
	}
	acc := accumulator{Lines: emit.NewLines(out)}
	if w == read {
		out.Add(1) // it writes nothing, and fails loudly
		return func() { icecast.Read(p, func(err error) { panic(err) }) }, nil
	}
	return func() {
		if err := p.Gather(acc); err != nil {
			panic(err)
		}
		_ = acc.Flush()
	}, nil
}

// AddError is where the plugin's errors go: here there must be none.
func (accumulator) AddError(err error) { panic(err) }

// discard fetches with net/http and throws away what comes, as many at a time as the plugin.
func discard(urls []string, out *meter) func() {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	fetch := func(url string) {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url+"/admin/listmounts", nil)
		if err != nil {
			panic(err)
		}
		req.SetBasicAuth(user, password)
		resp, err := client.Do(req)
		if err != nil {
			panic(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			panic(fmt.Sprint(url, resp.Status, err))
		}
		_ = resp.Body.Close()
		out.Add(n)
	}
	return func() {
		turns := make(chan string)
		var wg sync.WaitGroup
		for range min(256, len(urls)) {
			wg.Go(func() {
				for url := range turns {
					fetch(url)
				}
			})
		}
		for _, url := range urls {
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

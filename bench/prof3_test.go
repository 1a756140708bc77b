//go:build bench

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"runtime/pprof"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if os.Getenv("CHILD") != "" {
		var o order
		json.NewDecoder(os.Stdin).Decode(&o)
		var a account
		g, err := o.gatherer(&a)
		if err != nil {
			panic(err)
		}
		g()
		f, _ := os.Create("/tmp/poll-" + os.Getenv("CHILD") + ".prof")
		pprof.StartCPUProfile(f)
		b := cpuTime()
		for range 10 {
			g()
		}
		pprof.StopCPUProfile()
		f.Close()
		println(os.Getenv("CHILD"), (cpuTime() - b).Microseconds()/10/int64(len(o.URLs)))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestPoll(t *testing.T) {
	light, _, _ := icecastDocuments(200)
	s, err := serve(1000, map[string][]byte{"/admin/listmounts": light})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for _, d := range []string{"ours", "discard", "ours", "discard"} {
		in, _ := json.Marshal(order{URLs: s.urls, Discard: d == "discard"})
		self, _ := os.Executable()
		c := exec.Command(self)
		c.Env = append(os.Environ(), "CHILD="+d)
		c.Stdin, c.Stderr = bytes.NewReader(in), os.Stderr
		if err := c.Run(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
	}
}

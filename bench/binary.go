//go:build bench

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// binaryPart measures the program as it is released: its size, how long it takes to start, and what it holds while it waits.
func binaryPart(r *report) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := buildProgram(dir)
	if err != nil {
		return err
	}
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	var starts []time.Duration
	for range 21 {
		began := time.Now()
		if err := exec.Command(program, "-version").Run(); err != nil {
			return err
		}
		starts = append(starts, time.Since(began))
	}
	slices.Sort(starts)
	idle, err := idleRSS(dir, program)
	if err != nil {
		return err
	}
	r.table("The program")
	r.row("size", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6))
	r.row("start to end of -version, median of 21", fmt.Sprintf("%.1f ms", float64(starts[10].Microseconds())/1000))
	r.row("memory while it waits for a prompt", fmt.Sprintf("%.1f MB", float64(idle)/1e6))
	r.most("size", float64(info.Size())/1e6, 14, " MB")
	r.most("start", float64(starts[10].Microseconds())/1000, 15, " ms")
	r.most("idle memory", float64(idle)/1e6, 20, " MB")
	return nil
}

// idleRSS starts the program with one server and looks at it before the first prompt.
func idleRSS(dir, program string) (int64, error) {
	file := filepath.Join(dir, "idle.conf")
	if err := os.WriteFile(file, []byte("[[inputs.icecast]]\nurls = [\"http://127.0.0.1:8000\"]\n"), 0o600); err != nil {
		return 0, err
	}
	cmd := exec.Command(program, "-config", file)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	time.Sleep(500 * time.Millisecond)
	rss := statusOf(strconv.Itoa(cmd.Process.Pid), "VmRSS")
	_ = stdin.Close()
	return rss, cmd.Wait()
}

//go:build bench

package main

import (
	"os"
	"os/exec"
	"time"
)

// binaryPart measures the program as it is released: its size, how long it takes to start, and what it holds while it waits.
func (b *bench) binaryPart() error {
	program, err := b.program()
	if err != nil {
		return err
	}
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	var starts, idle []float64
	for range 21 {
		began := time.Now()
		if err := exec.Command(program, "-version").Run(); err != nil {
			return err
		}
		starts = append(starts, float64(time.Since(began))/float64(time.Millisecond))
	}
	for range 5 {
		held, err := b.idleMemory(program)
		if err != nil {
			return err
		}
		idle = append(idle, held)
	}
	size := float64(info.Size()) / mb
	start, held := spreadOf(starts), spreadOf(idle)
	b.table("The program")
	b.row("size", spreadOf([]float64{size}), " MB")
	b.row("start to end of -version", start, " ms")
	b.row("memory while it waits for a prompt", held, " MB")
	b.most("size", size, 14, " MB")
	b.most("start", start.median, 15, " ms")
	b.most("idle memory", held.median, 20, " MB")
	return nil
}

// idleMemory starts the program with one server and looks at it before the first prompt.
func (b *bench) idleMemory(program string) (float64, error) {
	file, err := b.pluginConfig([]string{"http://127.0.0.1:8000"}, "1m")
	if err != nil {
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
	time.Sleep(300 * time.Millisecond)
	held, err := memoryOf(cmd.Process.Pid, "VmRSS")
	_ = stdin.Close()
	if ended := cmd.Wait(); err == nil {
		err = ended
	}
	return held, err
}

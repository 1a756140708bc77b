//go:build bench

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// buildProgram builds the program as it is released.
func buildProgram(dir string) (string, error) {
	binary := filepath.Join(dir, "telegraf-icecast-wowza")
	cmd := exec.Command("go", "build", "-tags", "custom", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/telegraf-icecast-wowza")
	cmd.Dir, cmd.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return binary, nil
}

// pluginConfig writes a configuration of the program and returns its file.
func (b *bench) pluginConfig(urls []string, statsInterval string) (string, error) {
	file := filepath.Join(b.dir, "plugin.conf")
	text := fmt.Sprintf("[[inputs.icecast]]\nurls = [%s]\nusername = %q\npassword = %q\nstats_interval = %q\ntimeout = \"60s\"\n", quoted(urls, ""), user, password, statsInterval)
	return file, os.WriteFile(file, []byte(text), 0o600)
}

func quoted(urls []string, path string) string {
	list := make([]string, len(urls))
	for i, u := range urls {
		list[i] = fmt.Sprintf("%q", u+path)
	}
	return strings.Join(list, ", ")
}

// usage is what a process has needed.
type usage struct {
	peak        float64 // MB
	descriptors int
}

// gathered runs the program with a configuration, prompts it so many times, and returns what it needed. Every server has to
// answer every time, with so many documents.
func (b *bench) gathered(file string, gathers, answers int) (usage, error) {
	program, err := b.program()
	if err != nil {
		return usage{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-config", file)
	cmd.Stderr = os.Stderr
	prompts, err := cmd.StdinPipe()
	if err != nil {
		return usage{}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return usage{}, err
	}
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	var u usage
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { watchDescriptors(cmd.Process.Pid, done, &u.descriptors) })
	err = prompt(prompts, out, gathers, answers)
	go func() { _, _ = io.Copy(io.Discard, out) }() // the totals come behind the last answer
	time.Sleep(300 * time.Millisecond)
	close(done)
	watch.Wait()
	if err == nil {
		u.peak, err = memoryOf(cmd.Process.Pid, "VmHWM")
	}
	_ = prompts.Close()
	if ended := cmd.Wait(); err == nil {
		err = ended
	}
	return u, err
}

// prompt asks for gathers and reads until each is done.
func prompt(prompts io.Writer, out io.Reader, gathers, answers int) error {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for range gathers {
		if _, err := io.WriteString(prompts, "\n"); err != nil {
			return err
		}
		for left := answers; left > 0; {
			if !lines.Scan() {
				return fmt.Errorf("the program ended: %w", lines.Err())
			}
			if line := lines.Text(); strings.HasPrefix(line, "response,") {
				if !strings.Contains(line, ",result=success ") {
					return fmt.Errorf("a server was not read: %s", line)
				}
				left--
			}
		}
	}
	return nil
}

//go:build bench

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// chainPart compares the CPU of Telegraf and all of its children: with this program behind inputs.execd, and with inputs.http and
// the xpath parser. Both ask the same servers for the same document as often.
func chainPart(r *report, quick bool) error {
	telegraf, err := telegrafBinary()
	if err != nil {
		return err
	}
	rounds, seconds := 3, 15
	if quick {
		rounds, seconds = 1, 4
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := buildProgram(dir)
	if err != nil {
		return err
	}
	light, _, err := icecastDocuments(200)
	if err != nil {
		return err
	}
	s, err := serve(12, map[string][]byte{"/admin/listmounts": light})
	if err != nil {
		return err
	}
	defer s.close()
	configs := []string{execdConfig(dir, program, s.urls), httpConfig(s.urls)}
	cpu := make([][]time.Duration, len(configs))
	for range rounds {
		for i, config := range configs {
			spent, err := telegrafCPU(dir, telegraf, config, seconds)
			if err != nil {
				return err
			}
			cpu[i] = append(cpu[i], spent)
		}
	}
	r.table(fmt.Sprintf("Whole chain, 12 servers with 200 mounts, 2 gathers a second: CPU of Telegraf and its children in a second, median of %d", rounds))
	var medians [2]float64
	for i, name := range []string{"this project through inputs.execd", "inputs.http and xpath inside Telegraf"} {
		slices.Sort(cpu[i])
		medians[i] = float64(cpu[i][len(cpu[i])/2].Milliseconds()) / float64(seconds)
		r.row(name, fmt.Sprintf("%.1f ms", medians[i]))
	}
	r.least("whole chain: cheaper than inputs.http and xpath", medians[1]/medians[0], 5, "×")
	return nil
}

// telegrafBinary is the Telegraf that the end-to-end tests have built.
func telegrafBinary() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	found, _ := filepath.Glob(filepath.Join(cache, "telegraf-icecast-wowza-e2e", "*", "telegraf"))
	if len(found) == 0 {
		return "", errors.New("there is no Telegraf yet: run make e2e first, which builds one")
	}
	return found[len(found)-1], nil
}

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

const agent = `
[agent]
  interval = "500ms"
  flush_interval = "1s"
  quiet = true
[[outputs.discard]]
`

func execdConfig(dir, program string, urls []string) string {
	file := filepath.Join(dir, "plugin.conf")
	text := fmt.Sprintf("[[inputs.icecast]]\nurls = [%s]\nusername = %q\npassword = %q\nstats_interval = \"-1s\"\n", quoted(urls, ""), user, password)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		panic(err)
	}
	return agent + fmt.Sprintf("[[inputs.execd]]\n  command = [%q, \"-config\", %q]\n  signal = \"STDIN\"\n", program, file)
}

func httpConfig(urls []string) string {
	return agent + fmt.Sprintf(`[[inputs.http]]
  urls = [%s]
  username = %q
  password = %q
  data_format = "xml"
  [[inputs.http.xpath]]
    metric_name = "'listeners'"
    metric_selection = "//source"
    [inputs.http.xpath.tags]
      mount = "@mount"
    [inputs.http.xpath.fields_int]
      current = "listeners"
      uptime = "Connected"
`, quoted(urls, "/admin/listmounts"), user, password)
}

func quoted(urls []string, path string) string {
	list := make([]string, len(urls))
	for i, u := range urls {
		list[i] = fmt.Sprintf("%q", u+path)
	}
	return strings.Join(list, ", ")
}

// telegrafCPU runs Telegraf and returns what it and its children spent in so many seconds, after it has started.
func telegrafCPU(dir, telegraf, config string, seconds int) (time.Duration, error) {
	file := filepath.Join(dir, "telegraf.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return 0, err
	}
	cmd := exec.Command(telegraf, "--config", file)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	time.Sleep(3 * time.Second)
	before := familyCPU(cmd.Process.Pid)
	time.Sleep(time.Duration(seconds) * time.Second)
	return familyCPU(cmd.Process.Pid) - before, nil
}

// familyCPU adds up user and system time of a process and its children that run (proc(5), stat, fields 14 and 15).
func familyCPU(pid int) time.Duration {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux of today
	var sum time.Duration
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		var id, parent, user, system int
		_, _ = fmt.Sscan(string(text), &id)
		rest := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(rest) < 13 {
			continue
		}
		_, _ = fmt.Sscan(rest[1]+" "+rest[11]+" "+rest[12], &parent, &user, &system)
		if id == pid || parent == pid {
			sum += time.Duration(user+system) * tick
		}
	}
	return sum
}

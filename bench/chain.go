//go:build bench

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	chainServers = 12
	settle       = 2 * time.Second // Telegraf has started, and gathers as it will go on
)

// chainPart compares the CPU of Telegraf and all of its children: with this program behind inputs.execd, and with inputs.http and
// the xpath parser. Both ask the same servers for the same document as often (the servers count), and make listeners and
// stream_start of it; this program adds the response of every server and the totals.
func (b *bench) chainPart() error {
	telegraf, err := telegrafBinary()
	if err != nil {
		return err
	}
	program, err := b.program()
	if err != nil {
		return err
	}
	rounds, span := 5, 15*time.Second
	if b.quick {
		rounds, span = 1, time.Second
	}
	light, _, err := icecastDocuments(200)
	if err != nil {
		return err
	}
	s, err := serve(chainServers, map[string][]byte{"/admin/listmounts": light})
	if err != nil {
		return err
	}
	defer s.close()
	file, err := b.pluginConfig(s.urls, "-1s")
	if err != nil {
		return err
	}
	configs := [2]string{execdConfig(program, file), httpConfig(s.urls)}
	var perGather, children, gathers [2][]float64
	for round := range rounds {
		for i := range configs {
			i = (i + round) % len(configs)
			own, child, n, err := b.telegrafCPU(telegraf, configs[i], span, s)
			if err != nil {
				return err
			}
			ms := func(spent time.Duration) float64 { return float64(spent) / float64(time.Millisecond) / n }
			perGather[i], children[i], gathers[i] = append(perGather[i], ms(own+child)), append(children[i], ms(child)), append(gathers[i], n)
		}
	}
	b.table(fmt.Sprintf("Whole chain, %d servers with 200 mounts: CPU of Telegraf and its children per gather", chainServers))
	var cost [2]spread
	for i, name := range []string{"this project through inputs.execd", "inputs.http and xpath inside Telegraf"} {
		cost[i] = spreadOf(perGather[i])
		b.row(name, cost[i], " ms")
		b.row(name+": gathers measured", spreadOf(gathers[i]), "")
	}
	b.row("of this project's: its own process, the rest is Telegraf's", spreadOf(children[0]), " ms")
	b.least("whole chain: cheaper than inputs.http and xpath", cost[1].median/cost[0].median, 5, "×")
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

// telegrafCPU runs Telegraf and returns what it and its children spent in a span of time after it has started, and on how many
// gathers.
func (b *bench) telegrafCPU(telegraf, config string, span time.Duration, s *static) (own, children time.Duration, gathers float64, err error) {
	file := filepath.Join(b.dir, "telegraf.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return 0, 0, 0, err
	}
	var log bytes.Buffer
	cmd := exec.Command(telegraf, "--config", file)
	cmd.Stderr, cmd.WaitDelay = &log, 5*time.Second
	if err := cmd.Start(); err != nil {
		return 0, 0, 0, err
	}
	time.Sleep(settle)
	ownBefore, childrenBefore := familyCPU(cmd.Process.Pid)
	asked := s.answered.Load()
	time.Sleep(span)
	own, children = familyCPU(cmd.Process.Pid)
	asked = s.answered.Load() - asked
	_ = cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(15*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	if err := cmd.Wait(); err != nil {
		return 0, 0, 0, fmt.Errorf("running Telegraf: %w\n%s", err, log.String())
	}
	if asked == 0 {
		return 0, 0, 0, fmt.Errorf("the servers were not asked\n%s", log.String())
	}
	return own - ownBefore, children - childrenBefore, float64(asked) / chainServers, nil
}

const agent = `
[agent]
  interval = "500ms"
  flush_interval = "1s"
  quiet = true
[[outputs.discard]]
`

func execdConfig(program, file string) string {
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
  [[inputs.http.xpath]]
    metric_name = "'stream_start'"
    metric_selection = "//source[Connected]"
    [inputs.http.xpath.tags]
      mount = "@mount"
    [inputs.http.xpath.fields_int]
      uptime = "Connected"
`, quoted(urls, "/admin/listmounts"), user, password)
}

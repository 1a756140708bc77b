package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// telegraf is a real Telegraf that runs the program.
type telegraf struct {
	process *process
	log     string
}

// startTelegraf runs the program with a configuration, a gather every second, into an InfluxDB.
// The agent's name may be given.
func startTelegraf(t *testing.T, db *influx, pluginConf string, name ...string) *telegraf {
	t.Helper()
	host := append(name, "agent-host")[0]
	dir := t.TempDir()
	tg := &telegraf{log: filepath.Join(dir, "telegraf.log")}
	plugin := write(t, dir, "plugin.conf", pluginConf)
	conf := write(t, dir, "telegraf.conf", fmt.Sprintf(`
[agent]
  interval = "1s"
  flush_interval = "1s"
  hostname = "%s"
  logfile = "%s"
[[inputs.execd]]
  command = ["%s", "-config", "%s"]
  signal = "STDIN"
[[outputs.influxdb]]
  urls = ["%s"]
  database = "%s"
`, host, tg.log, pluginBinary, plugin, db.url, database))
	tg.process = start(t, nil, 0, telegrafBinary, "--config", conf)
	return tg
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// errors are the error lines of Telegraf's log so far.
func (tg *telegraf) errors(t *testing.T) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(tg.log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, " E! ") || strings.Contains(line, `stderr: "`) {
			lines = append(lines, line)
		}
	}
	return lines
}

func read(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return string(text)
}

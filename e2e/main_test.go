package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The programs under test, built by TestMain.
var (
	pluginBinary   string // this project's
	telegrafBinary string // a real Telegraf with just what is needed
	customBinary   string // Telegraf's agent with the plugins compiled in
)

const (
	telegrafVersion = "1.39.3"
	telegrafTags    = "custom,inputs.execd,inputs.http,outputs.file,outputs.discard,outputs.influxdb,outputs.influxdb_v2,parsers.influx,parsers.xpath,serializers.influx"
)

func TestMain(m *testing.M) {
	status, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func buildAndRun(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	pluginBinary = filepath.Join(dir, "telegraf-icecast-wowza")
	customBinary = filepath.Join(dir, "customtelegraf")
	if err := command("..", nil, "go", "build", "-o", pluginBinary, "./cmd/telegraf-icecast-wowza"); err != nil {
		return 0, err
	}
	if err := command(".", nil, "go", "build", "-o", customBinary, "./customtelegraf"); err != nil {
		return 0, err
	}
	if telegrafBinary, err = buildTelegraf(); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// buildTelegraf builds Telegraf into the user's cache, once for a version.
func buildTelegraf() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "telegraf-icecast-wowza-e2e", telegrafVersion)
	binary := filepath.Join(dir, "telegraf")
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return binary, command(dir, []string{"GOBIN=" + dir, "GOFLAGS="}, "go", "install", "-tags", telegrafTags, "-trimpath",
		"-ldflags", "-s -w -X github.com/influxdata/telegraf/internal.Version="+telegrafVersion,
		"github.com/influxdata/telegraf/cmd/telegraf@v"+telegrafVersion)
}

func command(dir string, env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", name, args, err, out)
	}
	return nil
}

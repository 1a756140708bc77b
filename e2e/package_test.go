package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

// The Debian package is built, installed, run by real Telegraf through the stanza that it brings, and removed without a trace.
func TestTheDebianPackageIsInstalledRunAndRemoved(t *testing.T) {
	if os.Geteuid() != 0 || exec.Command("dpkg", "--version").Run() != nil {
		t.Skip("needs root on Debian")
	}
	if exec.Command("dpkg", "-s", "telegraf-icecast-wowza").Run() == nil {
		t.Skip("telegraf-icecast-wowza is installed on this machine: it is not touched")
	}
	dist := t.TempDir()
	output(t, "../deploy/packages", nil, "go", "run", ".", "-version", "1.2.3", "-only", "linux_amd64", "-out", dist)
	output(t, dist, nil, "sha256sum", "-c", "SHA256SUMS")
	output(t, "", nil, "dpkg", "-i", filepath.Join(dist, "telegraf-icecast-wowza_1.2.3_amd64.deb"))
	t.Cleanup(func() { _ = exec.Command("dpkg", "-P", "telegraf-icecast-wowza").Run() })

	const conf, stanza = "/etc/telegraf-icecast-wowza.conf", "/usr/share/doc/telegraf-icecast-wowza/telegraf.d/telegraf-icecast-wowza.conf"
	if got := strings.TrimSpace(output(t, "", nil, "stat", "-c", "%a %U", conf)); got != "640 root" {
		t.Errorf("the configuration is %s: it may hold passwords", got)
	}
	if out := output(t, "", nil, "telegraf-icecast-wowza", "-version"); !strings.Contains(out, "1.2.3") {
		t.Errorf("version %s", out)
	}
	s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.SetMount(emulator.Mount{Name: "/packaged.mp3", Listeners: 7})
	if err := os.WriteFile(conf, fmt.Appendf(nil, "[[inputs.icecast]]\nurls = [%q]\nusername = \"admin\"\npassword = %q\n", s.URL(), password), 0o640); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out.lp")
	agent := write(t, dir, "telegraf.conf", fmt.Sprintf("[agent]\n  flush_interval = \"1s\"\n[[outputs.file]]\n  files = [%q]\n", out))
	folder := filepath.Join(dir, "telegraf.d")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(stanza, filepath.Join(folder, "plugin.conf")); err != nil { // the one line that enables it
		t.Fatal(err)
	}
	tg := start(t, nil, 0, telegrafBinary, "--config", agent, "--config-directory", folder)
	eventually(t, 30*time.Second, func() string {
		if text := read(out); !strings.Contains(text, "mount=/packaged.mp3") {
			return text + tg.out.String()
		}
		return ""
	})
	tg.stop(t)
	output(t, "", nil, "dpkg", "-P", "telegraf-icecast-wowza")
	for _, file := range []string{"/usr/bin/telegraf-icecast-wowza", conf, stanza} {
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s is left behind", file)
		}
	}
}

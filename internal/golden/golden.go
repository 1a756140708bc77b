// Package golden runs the plugins' test cases: documents that real servers sent are served over TCP, byte for byte with the heads
// they came with, gathered once, and what comes out is compared with expected.out.
//
// A case is a directory. NAME.head and NAME.xml are the answer to the path that ends in NAME; a path without files is
// answered with 404. expected.out is line protocol, expected.err what the plugin logged as errors. Run the tests with
// -update to write both anew, and read the difference.
package golden

import (
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/telegraf"
)

// Update says that files which are made from tests are written anew.
var Update = flag.Bool("update", false, "write expected files and documentation anew")

// Run gathers every case below dir with a plugin that make builds for the URL of the case's server.
func Run(t *testing.T, dir string, makePlugin func(t *testing.T, url string) telegraf.Input) {
	cases, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.IsDir() {
			t.Run(c.Name(), func(t *testing.T) { run(t, filepath.Join(dir, c.Name()), makePlugin) })
		}
	}
}

func run(t *testing.T, dir string, makePlugin func(t *testing.T, url string) telegraf.Input) {
	s := serve(t, dir)
	plugin := makePlugin(t, "http://"+s.Addr().String())
	out := Gather(t, plugin, served(t, dir))
	port := s.Addr().(*net.TCPAddr).Port
	compare(t, filepath.Join(dir, "expected.out"), settle(out.Text, port))
	compare(t, filepath.Join(dir, "expected.err"), settlePort(strings.Join(out.Errors, ""), port))
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *Update {
		if got == "" {
			_ = os.Remove(file)
		} else if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

var (
	measured = regexp.MustCompile(`\b(total_time|dns_time|connect_time|tls_time|first_byte_time)=[0-9.e+-]+,`)
	stamp    = regexp.MustCompile(` [0-9]+\n$`)
)

// settle makes output comparable: what was measured is left out, the port is always 8000, lines are sorted.
func settle(out string, port int) string {
	var lines []string
	for line := range strings.Lines(out) {
		line = stamp.ReplaceAllString(line, "\n")
		if strings.HasPrefix(line, "response,") {
			line = measured.ReplaceAllString(line, "")
		}
		lines = append(lines, settlePort(line, port))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// served returns when a case's documents were sent, from their heads.
func served(t *testing.T, dir string) time.Time {
	heads, _ := filepath.Glob(filepath.Join(dir, "*.head"))
	for _, file := range heads {
		head, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(head)) {
			if date, ok := strings.CutPrefix(line, "Date: "); ok {
				if at, err := time.Parse(time.RFC1123, strings.TrimSpace(date)); err == nil {
					return at
				}
			}
		}
	}
	return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
}

// settlePort makes the port of the case's server always 8000.
func settlePort(text string, port int) string {
	return strings.NewReplacer(fmt.Sprintf("127.0.0.1:%d", port), "127.0.0.1:8000", fmt.Sprintf("port=%d", port), "port=8000").Replace(text)
}

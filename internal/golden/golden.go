// Package golden runs the plugins' test cases: documents that real servers sent are served over TCP, byte for byte with the heads
// they came with, gathered once, and what comes out is compared with expected.out.
//
// A case is a directory. NAME.head and NAME.xml are the answer to the path that ends in NAME; a path without files is
// answered with 404. expected.out is line protocol, expected.err what the plugin logged as errors. Run the tests with
// -update to write both anew, and read the difference.
package golden

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"
	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/logger"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
)

var update = flag.Bool("update", false, "write expected.out and expected.err anew")

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
	acc := &accumulator{at: served(t, dir)}
	acc.lines = emit.NewLines(&acc.out)
	if err := plugin.Gather(acc); err != nil {
		t.Fatal(err)
	}
	if err := acc.lines.Flush(); err != nil {
		t.Fatal(err)
	}
	Conforms(t, acc.out.Bytes())
	port := s.Addr().(*net.TCPAddr).Port
	compare(t, filepath.Join(dir, "expected.out"), settle(acc.out.String(), port))
	compare(t, filepath.Join(dir, "expected.err"), settle(strings.Join(acc.errors, ""), port))
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
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
	measured = regexp.MustCompile(`(,| )(time|dns_time|connect_time|tls_time|first_byte_time)=[0-9.e+-]+`)
	stamp    = regexp.MustCompile(`(?m) [0-9]+$`)
)

// settle makes output comparable: what was measured is left out, the port is always 8000, lines are sorted.
func settle(out string, port int) string {
	out = stamp.ReplaceAllString(out, "")
	out = measured.ReplaceAllString(out, "$1")
	out = strings.NewReplacer(fmt.Sprintf("127.0.0.1:%d", port), "127.0.0.1:8000", fmt.Sprintf("port=%d", port), "port=8000",
		" ,", " ", ",,", ",").Replace(out)
	out = regexp.MustCompile(` ,+`).ReplaceAllString(out, " ")
	out = regexp.MustCompile(`,,+`).ReplaceAllString(out, ",")
	lines := strings.SplitAfter(out, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// Conforms fails the test for every point that line protocol or the schema does not allow. own are tags of the operator.
func Conforms(t testing.TB, out []byte, own ...string) {
	t.Helper()
	d := lineprotocol.NewDecoderWithBytes(out)
	for d.Next() {
		measurement, err := d.Measurement()
		if err != nil {
			t.Fatalf("line protocol: %v", err)
		}
		tags, fields := map[string]string{}, map[string]any{}
		for {
			key, value, err := d.NextTag()
			if err != nil {
				t.Fatalf("line protocol: %v", err)
			}
			if key == nil {
				break
			}
			tags[string(key)] = string(value)
		}
		for {
			key, value, err := d.NextField()
			if err != nil {
				t.Fatalf("line protocol: %v", err)
			}
			if key == nil {
				break
			}
			fields[string(key)] = value.Interface()
		}
		if err := schema.Check(string(measurement), tags, fields, own...); err != nil {
			t.Error(err)
		}
	}
}

// Logger returns a logger for a plugin under test; what it logs goes nowhere.
func Logger() telegraf.Logger {
	quiet.Do(func() { logger.RedirectLogging(io.Discard) })
	return logger.New("inputs", "test", "")
}

var quiet sync.Once

// accumulator takes points as the binary's own does, at the time of the capture.
type accumulator struct {
	telegraf.Accumulator // not used: points go to Add
	mu                   sync.Mutex
	at                   time.Time
	out                  bytes.Buffer
	lines                *emit.Lines
	errors               []string
}

func (a *accumulator) Add(p *emit.Point)     { a.lines.Add(p) }
func (a *accumulator) GatherTime() time.Time { return a.at }
func (a *accumulator) Unread()               {}

func (a *accumulator) AddError(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.errors = append(a.errors, err.Error()+"\n")
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

// serve answers one request a connection, as these servers do.
func serve(t *testing.T, dir string) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { answer(conn, dir) })
		}
	})
	return l
}

func answer(conn net.Conn, dir string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	request, err := r.ReadString('\n')
	if err != nil {
		return
	}
	for line := request; strings.TrimSpace(line) != ""; {
		if line, err = r.ReadString('\n'); err != nil {
			return
		}
	}
	path, _, _ := strings.Cut(strings.Fields(request)[1], "?")
	name := filepath.Join(dir, path[strings.LastIndexByte(path, '/')+1:])
	body, err := os.ReadFile(name + ".xml")
	if err != nil {
		fmt.Fprint(conn, "HTTP/1.0 404 Not Found\r\n\r\n")
		return
	}
	head, err := os.ReadFile(name + ".head")
	if err != nil {
		head = []byte("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
	}
	_, _ = conn.Write(append(head, body...))
}

package golden

import (
	"bytes"
	"fmt"
	"io"
	"maps"
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

// Point is one line of output, decoded by line-protocol.
type Point struct {
	Measurement string
	Tags        map[string]string
	Fields      map[string]any
	Time        time.Time
}

// Output is what came out of one gather.
type Output struct {
	Text   string
	Points []Point
	Errors []string // each ends in a line feed
	Unread int      // servers that were not read whole
}

// Gather gathers once, as if it was at the given time, and holds the points against the schema. own are tags of the operator.
func Gather(t testing.TB, plugin telegraf.Input, at time.Time, own ...string) Output {
	t.Helper()
	acc := &accumulator{at: at}
	acc.lines = emit.NewLines(&acc.out)
	if err := plugin.Gather(acc); err != nil {
		t.Fatal(err)
	}
	if err := acc.lines.Flush(); err != nil {
		t.Fatal(err)
	}
	NoSecrets(t, acc.out.String()+strings.Join(acc.errors, ""))
	return Output{acc.out.String(), Conforms(t, acc.out.Bytes(), own...), acc.errors, acc.unread}
}

// secrets are the passwords that the tests use, as they are and as HTTP Basic sends them.
var secrets = []string{"adminpw", "hackme", "s3cr3t", "YWRtaW46"}

// NoSecrets fails the test if a password is in what came out.
func NoSecrets(t testing.TB, text string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%q came out:\n%s", secret, text)
		}
	}
}

// Find returns the points of a measurement that have all of the given tags, written "key=value".
func (o Output) Find(measurement string, tags ...string) (found []Point) {
	for _, p := range o.Points {
		if p.Measurement == measurement && p.has(tags) {
			found = append(found, p)
		}
	}
	return found
}

// One returns the only such point and fails the test if there is another number of them.
func (o Output) One(t testing.TB, measurement string, tags ...string) Point {
	t.Helper()
	found := o.Find(measurement, tags...)
	if len(found) != 1 {
		t.Fatalf("%d points of %s with %q, want one\n%s", len(found), measurement, tags, o.Text)
	}
	return found[0]
}

func (p Point) has(tags []string) bool {
	for _, tag := range tags {
		key, value, _ := strings.Cut(tag, "=")
		if p.Tags[key] != value {
			return false
		}
	}
	return true
}

// Wants fails the test unless a point has just the given fields.
func (p Point) Wants(t testing.TB, fields map[string]any) {
	t.Helper()
	if !maps.Equal(p.Fields, fields) {
		t.Errorf("%s %v has %v, want %v", p.Measurement, p.Tags, p.Fields, fields)
	}
}

// Conforms decodes output, and fails the test for every point that line protocol or the schema does not allow. own are
// tags of the operator.
func Conforms(t testing.TB, out []byte, own ...string) (points []Point) {
	t.Helper()
	for d := lineprotocol.NewDecoderWithBytes(out); d.Next(); {
		p, err := decode(d)
		if err != nil {
			t.Fatalf("line protocol: %v", err)
		}
		if err := schema.Check(p.Measurement, p.Tags, p.Fields, own...); err != nil {
			t.Error(err)
		}
		points = append(points, p)
	}
	return points
}

func decode(d *lineprotocol.Decoder) (Point, error) {
	p := Point{Tags: map[string]string{}, Fields: map[string]any{}}
	measurement, err := d.Measurement()
	if err != nil {
		return p, err
	}
	p.Measurement = string(measurement)
	for {
		key, value, err := d.NextTag()
		if err != nil {
			return p, err
		}
		if key == nil {
			break
		}
		p.Tags[string(key)] = string(value)
	}
	for {
		key, value, err := d.NextField()
		if err != nil {
			return p, err
		}
		if key == nil {
			break
		}
		if _, twice := p.Fields[string(key)]; twice {
			return p, fmt.Errorf("field %s is there twice", key)
		}
		p.Fields[string(key)] = value.Interface()
	}
	p.Time, err = d.Time(lineprotocol.Nanosecond, time.Time{})
	return p, err
}

// Logger returns a logger for a plugin under test; what it logs goes nowhere.
func Logger() telegraf.Logger {
	quiet.Do(func() { logger.RedirectLogging(io.Discard) })
	return logger.New("inputs", "test", "")
}

var quiet sync.Once

// accumulator takes points as the binary's own does.
type accumulator struct {
	telegraf.Accumulator // not used: points go to Add
	mu                   sync.Mutex
	at                   time.Time
	out                  bytes.Buffer
	lines                *emit.Lines
	errors               []string
	unread               int
}

func (a *accumulator) Add(p *emit.Point)     { a.lines.Add(p) }
func (a *accumulator) GatherTime() time.Time { return a.at }

func (a *accumulator) Unread() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.unread++
}

func (a *accumulator) AddError(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.errors = append(a.errors, err.Error()+"\n")
}

package emit

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"
	"github.com/influxdata/telegraf"
	"go.uber.org/goleak"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var at = time.Unix(1795521600, 5)

func TestTagValuesAreMadeSafe(t *testing.T) {
	for in, want := range map[string]string{
		"/live.mp3":          "/live.mp3",
		"/näws 日本 📻":         "/näws 日本 📻",
		"/a,b=c d\"e":        "/a,b=c d\"e", // escaped where the line is written
		`/a\b`:               `/a\b`,
		`/a\`:                `/a%5C`, // would escape the separator after it
		"/a\nb":              "/a%0Ab",
		"/a\tb\x7f":          "/a%09b%7F",
		"/a%41\n":            "/a%2541%0A", // so that it is not taken for another one's
		"/a%41":              "/a%41",
		"/latin\xe9":         "/latin%E9",
		"\x00":               "%00",
		"/replacement\uFFFD": "/replacement\uFFFD",
	} {
		if got := SafeTag(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestLongTagValuesAreCutAndStayDistinct(t *testing.T) {
	long := strings.Repeat("ü", 200)
	a, b := SafeTag(long+"a"), SafeTag(long+"b")
	if len(a) > maxTag || len(a) < maxTag-1 || a == b || !strings.HasPrefix(a, "üüü") {
		t.Errorf("%q and %q", a, b)
	}
	if exact := strings.Repeat("x", maxTag); SafeTag(exact) != exact {
		t.Error("a value of just the longest length is cut")
	}
}

func TestStringsStayOnTheirLine(t *testing.T) {
	for in, want := range map[string]string{
		"Title":           "Title",
		"näws \"x\" \\ 📻": "näws \"x\" \\ 📻",
		"a\nb\rc":         "a b c",
		"a\tb":            "a\tb",
		"a\x00b\x1bc\x7f": "a\uFFFDb\uFFFDc\uFFFD",
		"latin\xe9\xe8!":  "latin\uFFFD!",
		"":                "",
	} {
		if got := string(safeText([]byte(in))); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if got := safeText([]byte(strings.Repeat("ü", maxString))); len(got) != maxString {
		t.Errorf("%d bytes are left of a long string", len(got))
	}
	if got := safeText([]byte("x" + strings.Repeat("ü", maxString))); len(got) != maxString-1 {
		t.Errorf("a character is split: %d bytes", len(got))
	}
}

func TestASeriesHasEachTagOnceAndNoEmptyOnes(t *testing.T) {
	base := NewSeries(nil, Tag{"region", "eu"}, Tag{"host", "a"}, Tag{"empty", ""})
	s := NewSeries(base, Tag{"mount", "/x"}, Tag{"host", "b"}, Tag{"region", ""})
	if got := s.Map(); !maps.Equal(got, map[string]string{"region": "eu", "host": "b", "mount": "/x"}) {
		t.Errorf("tags %v", got)
	}
	if s.line != ",host=b,mount=/x,region=eu" {
		t.Errorf("line %s", s.line)
	}
	if got := base.Map(); !maps.Equal(got, map[string]string{"region": "eu", "host": "a"}) {
		t.Errorf("the base has changed: %v", got)
	}
}

func TestAPointIsOneLine(t *testing.T) {
	var out bytes.Buffer
	l := NewLines(&out)
	var p Point
	p.Reset("listeners", NewSeries(nil, Tag{"mount", "/a b,c"}), at)
	p.Int("current", -7)
	p.Float("time", 0.25)
	p.String("error", `a "quoted" \ text`)
	l.Add(&p)
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	want := `listeners,mount=/a\ b\,c current=-7i,time=0.25,error="a \"quoted\" \\ text" 1795521600000000005` + "\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// Telegraf's shim ends at the first value that cannot be serialized.
func TestWhatIsNotFiniteIsLeftOut(t *testing.T) {
	var out bytes.Buffer
	l := NewLines(&out)
	var p Point
	p.Reset("m", NewSeries(nil), at)
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		p.Float("f", v)
	}
	l.Add(&p)
	_ = l.Flush()
	if !p.Empty() || out.Len() != 0 {
		t.Errorf("wrote %q", &out)
	}
}

// counter counts writes, and fails those from a given one on.
type counter struct {
	bytes.Buffer
	writes, failFrom int
}

func (c *counter) Write(b []byte) (int, error) {
	if c.writes++; c.failFrom > 0 && c.writes >= c.failFrom {
		return 0, fmt.Errorf("write %d failed", c.writes)
	}
	return c.Buffer.Write(b)
}

func fill(l *Lines, points int) {
	var p Point
	series := NewSeries(nil, Tag{"mount", "/live.mp3"})
	for i := range points {
		p.Reset("listeners", series, at)
		p.Int("current", int64(i))
		l.Add(&p)
	}
}

func TestPointsLeaveInFewLargeWritesOfWholeLines(t *testing.T) {
	var w counter
	l := NewLines(&w)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { fill(l, 5000) })
	}
	wg.Wait()
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(w.Bytes(), []byte("\n")); lines != 20000 {
		t.Errorf("%d lines, want 20000", lines)
	}
	if most := w.Len()/flushAt + 2; w.writes > most {
		t.Errorf("%d writes for %d bytes, want at most %d", w.writes, w.Len(), most)
	}
}

func TestTheFirstFailedWriteIsTold(t *testing.T) {
	l := NewLines(&counter{failFrom: 1})
	fill(l, 5000)
	if err := l.Flush(); err == nil || err.Error() != "write 1 failed" {
		t.Errorf("error %v", err)
	}
	if err := l.Flush(); err != nil {
		t.Errorf("told again: %v", err)
	}
}

// call is one call of an accumulator.
type call struct {
	how, measurement string
	fields           map[string]any
	tags             map[string]string
}

// recorder is Telegraf's accumulator as the plugins see it in a custom Telegraf.
type recorder struct {
	telegraf.Accumulator // its other methods are not called
	calls                []call
}

func (r *recorder) AddFields(m string, f map[string]any, tags map[string]string, _ ...time.Time) {
	r.calls = append(r.calls, call{"fields", m, f, tags})
}

func (r *recorder) AddGauge(m string, f map[string]any, tags map[string]string, _ ...time.Time) {
	r.calls = append(r.calls, call{"gauge", m, f, tags})
}

func (r *recorder) AddCounter(m string, f map[string]any, tags map[string]string, _ ...time.Time) {
	r.calls = append(r.calls, call{"counter", m, f, tags})
}

func TestTelegrafsOwnAccumulatorGetsAMetricPerValueType(t *testing.T) {
	var r recorder
	var p Point
	p.Reset(schema.MeasurementStreamStart, NewSeries(nil, Tag{"mount", "/a"}), at)
	p.Int(schema.FieldTimestamp, 1)
	p.Int(schema.FieldRestarts, 2)
	To(&r).Add(&p)
	p.Reset(schema.MeasurementStreamEvent, NewSeries(nil), at)
	p.String(schema.FieldMessage, "text")
	p.Float(schema.FieldDowntime, 0.5)
	To(&r).Add(&p)
	got := fmt.Sprint(r.calls)
	for _, want := range []string{
		"{fields stream_start map[timestamp:1] map[mount:/a]}", "{counter stream_start map[restarts:2] map[mount:/a]}", "message:text", "downtime:0.5",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
}

func TestTheProgramsOwnAccumulatorTakesPointsAsTheyAre(t *testing.T) {
	both := struct {
		telegraf.Accumulator
		*Lines
	}{Lines: NewLines(&bytes.Buffer{})}
	if sink := To(both); sink != Sink(both) {
		t.Errorf("the sink is %T", sink)
	}
}

// Whatever a server sends as a name or a text: the line decodes, and the points before and after it are whole.
func FuzzLine(f *testing.F) {
	f.Add("/live.mp3", "Title", 0.5)
	f.Add("/a\\", "a\\\"\n b", math.NaN())
	f.Add("/a,b=c d\x00\xff", strings.Repeat("\xf0\x9f", 40), math.MaxFloat64)
	f.Add("", "", 0.0)
	f.Fuzz(func(t *testing.T, tag, text string, number float64) {
		var out bytes.Buffer
		l := NewLines(&out)
		fill(l, 1)
		var p Point
		p.Reset("fuzzed", NewSeries(nil, Tag{"host", "h"}, Tag{"mount", tag}), at)
		p.Int("i", 1)
		p.String("s", text)
		p.Float("f", number)
		l.Add(&p)
		fill(l, 1)
		if err := l.Flush(); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(out.Bytes(), []byte("\n")); n != 3 {
			t.Fatalf("%d lines: %q", n, &out)
		}
		var got []string
		for d := lineprotocol.NewDecoderWithBytes(out.Bytes()); d.Next(); {
			name, err := d.Measurement()
			if err != nil {
				t.Fatalf("%v in %q", err, &out)
			}
			got = append(got, string(name))
			if err := readRest(d, SafeTag(tag)); err != nil {
				t.Fatalf("%v in %q", err, &out)
			}
		}
		if strings.Join(got, " ") != "listeners fuzzed listeners" {
			t.Fatalf("points %q of %q", got, &out)
		}
	})
}

func readRest(d *lineprotocol.Decoder, mount string) error {
	for {
		key, value, err := d.NextTag()
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
		if v := string(value); string(key) == "mount" && v != mount && v != "/live.mp3" {
			return fmt.Errorf("mount %q", v)
		}
	}
	for {
		key, _, err := d.NextField()
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
	}
	stamp, err := d.Time(lineprotocol.Nanosecond, time.Time{})
	if err == nil && !stamp.Equal(at) {
		err = errors.New("another time: " + stamp.String())
	}
	return err
}

func TestTagsComeBackAsTheyWere(t *testing.T) {
	want := map[string]string{"a": `x\,y=z "q" \\`, "b": `=, =`, "c": "näws 日本", "d": `\x\ y`}
	var tags []Tag
	for k, v := range want {
		tags = append(tags, Tag{k, v})
	}
	for k, v := range NewSeries(nil, tags...).Map() {
		if v != SafeTag(want[k]) {
			t.Errorf("%s: %q became %q", k, want[k], v)
		}
	}
}

func TestEveryPointHasItsOwnTime(t *testing.T) {
	var out bytes.Buffer
	l := NewLines(&out)
	var p Point
	for _, ns := range []int64{1, 2, 2, 1} {
		p.Reset("m", NewSeries(nil), time.Unix(0, ns))
		p.Int("i", ns)
		l.Add(&p)
	}
	_ = l.Flush()
	if want := "m i=1i 1\nm i=2i 2\nm i=2i 2\nm i=1i 1\n"; out.String() != want {
		t.Errorf("wrote %q, want %q", &out, want)
	}
}

func TestFloatsAreWrittenInFull(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1", -3: "-3", 128000: "128000", 0.1: "0.1", -0.5: "-0.5", 1e20: "1e+20", 1 << 53: "9.007199254740992e+15", -(1 << 53): "-9.007199254740992e+15",
		1<<53 - 1: "9007199254740991", -(1<<53 - 1): "-9007199254740991", math.MaxFloat64: "1.7976931348623157e+308", 1e-7: "1e-07",
	} {
		if got := string((&field{kind: isFloat, f: v}).append(nil)); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

// A text is plain or not by its bytes; at the bounds of what has to be escaped both ways write the same.
func TestTextsAtTheBoundsOfWhatIsPlain(t *testing.T) {
	for text, want := range map[string]string{
		" ~": `" ~"`, "\x1f": "\"\uFFFD\"", "\x7f": "\"\uFFFD\"", "!#[]": `"!#[]"`, `"`: `"\""`, `\`: `"\\"`, `a"b\c"`: `"a\"b\\c\""`, "\u0080": "\"\u0080\"", "\t": "\"\t\"",
	} {
		var p Point
		p.Reset("m", NewSeries(nil), at)
		p.String("s", text)
		if got := string(p.fields[0].append(nil)); got != want {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	}
	for length, plain := range map[int]bool{maxString: true, maxString + 1: false} {
		if got := isPlain([]byte(strings.Repeat("x", length))); got != plain {
			t.Errorf("%d bytes are plain: %t", length, got)
		}
	}
}

func TestTagsAtTheirBounds(t *testing.T) {
	for in, want := range map[string]string{" ": " ", "~": "~", "\x1f": "%1F", "\x7e\x7f": "~%7F", "a%\x1f": "a%25%1F", " \x1f": " %1F", "é\x1f": "é%1F"} {
		if got := SafeTag(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

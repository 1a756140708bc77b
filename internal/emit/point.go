package emit

import (
	"math"
	"time"

	"github.com/influxdata/telegraf"
)

// Sink takes points. Add keeps nothing of the point, which may be filled again.
type Sink interface {
	Add(p *Point)
}

// To returns the sink for the points of one Gather: acc itself if it takes points, as Lines does.
func To(acc telegraf.Accumulator) Sink {
	if sink, ok := acc.(Sink); ok {
		return sink
	}
	return accumulator{acc}
}

// Point is one point of a measurement. The zero value is ready; Reset starts the next one.
type Point struct {
	Measurement string
	Series      *Series
	Time        time.Time

	fields []field
}

type field struct {
	key  string
	kind kind
	i    int64
	f    float64
	b    []byte

	plain bool // b needs no escapes
}

type kind uint8

const (
	isInt kind = iota
	isFloat
	isString
)

// Reset makes p a point without fields.
func (p *Point) Reset(measurement string, series *Series, at time.Time) {
	p.Measurement, p.Series, p.Time = measurement, series, at
	p.fields = p.fields[:0]
}

// Int adds an integer field. Keys are names of the schema.
func (p *Point) Int(key string, v int64) {
	p.fields = append(p.fields, field{key: key, kind: isInt, i: v})
}

// Float adds a float field. What is not finite is left out: line protocol cannot carry it, and Telegraf's shim
// stops at the first such value.
func (p *Point) Float(key string, v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		p.fields = append(p.fields, field{key: key, kind: isFloat, f: v})
	}
}

// Text adds a string field, made safe for a line. v has to stay as it is until the point is added.
func (p *Point) Text(key string, v []byte) {
	f := field{key: key, kind: isString, b: v, plain: isPlain(v)}
	if !f.plain {
		f.b = safeText(v)
	}
	p.fields = append(p.fields, f)
}

// String is Text for a string.
func (p *Point) String(key, v string) { p.Text(key, []byte(v)) }

// Empty says that p has no field yet; such a point is not emitted.
func (p *Point) Empty() bool { return len(p.fields) == 0 }

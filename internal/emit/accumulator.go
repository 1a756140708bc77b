package emit

import (
	"github.com/influxdata/telegraf"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
)

// accumulator hands points to Telegraf. A Telegraf metric has one value type for all its fields, so a point whose
// fields are of different kinds becomes one metric a kind, with the same tags and time.
type accumulator struct{ acc telegraf.Accumulator }

func (a accumulator) Add(p *Point) {
	var byKind [3]map[string]any
	for i := range p.fields {
		f := &p.fields[i]
		k := schema.KindOf(p.Measurement, f.key)
		if byKind[k] == nil {
			byKind[k] = make(map[string]any, len(p.fields))
		}
		byKind[k][f.key] = f.value()
	}
	for k, fields := range byKind {
		if fields == nil {
			continue
		}
		switch schema.Kind(k) {
		case schema.Gauge:
			a.acc.AddGauge(p.Measurement, fields, p.Series.Map(), p.Time)
		case schema.Counter:
			a.acc.AddCounter(p.Measurement, fields, p.Series.Map(), p.Time)
		default:
			a.acc.AddFields(p.Measurement, fields, p.Series.Map(), p.Time)
		}
	}
}

func (f *field) value() any {
	switch f.kind {
	case isFloat:
		return f.f
	case isString:
		return string(f.b)
	default:
		return f.i
	}
}

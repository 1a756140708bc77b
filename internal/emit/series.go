package emit

import (
	"slices"
	"strings"

	"github.com/influxdata/line-protocol/v2/lineprotocol"
)

// Tag is one tag of a series.
type Tag struct{ Key, Value string }

// Series is a set of tags, made once and used for every point of, say, one mount. There are as many as there are mounts, so
// it keeps them in one form only: line protocol, which costs one copy to write.
type Series struct {
	line string // `,host=edge1,mount=/live.mp3`, keys in order
}

// NewSeries returns the series of base with more tags. Values are made safe; empty ones are left out; a tag
// of more replaces one of base. A nil base has no tags.
func NewSeries(base *Series, more ...Tag) *Series {
	var tags []Tag
	if base != nil {
		tags = base.decode()
	}
	for _, t := range more {
		t.Value = SafeTag(t.Value)
		i := slices.IndexFunc(tags, func(have Tag) bool { return have.Key == t.Key })
		switch {
		case t.Value == "":
		case i >= 0:
			tags[i] = t
		default:
			tags = append(tags, t)
		}
	}
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return &Series{encode(tags)}
}

// Map returns the tags as telegraf.Accumulator wants them: a map of its own for every point.
func (s *Series) Map() map[string]string {
	tags := s.decode()
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[t.Key] = t.Value
	}
	return m
}

// encode writes sorted, safe tags with line-protocol's own escaping.
func encode(tags []Tag) string {
	var e lineprotocol.Encoder
	e.SetLax(true) // keys are ours or checked with the configuration, values are safe
	e.StartLine("m")
	for _, t := range tags {
		e.AddTag(t.Key, t.Value)
	}
	return string(e.Bytes()[len("m"):])
}

func (s *Series) decode() (tags []Tag) {
	d := lineprotocol.NewDecoderWithBytes([]byte("m" + s.line + " f=1"))
	d.Next()
	_, err := d.Measurement()
	for err == nil { // what encode wrote can be read
		var key, value []byte
		if key, value, err = d.NextTag(); key == nil {
			break
		}
		tags = append(tags, Tag{string(key), string(value)})
	}
	return tags
}

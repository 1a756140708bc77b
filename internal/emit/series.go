package emit

import (
	"slices"

	"github.com/influxdata/line-protocol/v2/lineprotocol"
)

// Tag is one tag of a series.
type Tag struct{ Key, Value string }

// Series is a set of tags, made once and used for every point of, say, one mount. It keeps its tags in line
// protocol, so that writing them costs one copy.
type Series struct {
	tags []Tag
	line string // `,host=edge1,mount=/live.mp3`, keys in order
}

// NewSeries returns the series of base with more tags. Values are made safe; empty ones are left out; a tag
// of more replaces one of base. A nil base has no tags.
func NewSeries(base *Series, more ...Tag) *Series {
	s := &Series{}
	if base != nil {
		s.tags = slices.Clone(base.tags)
	}
	for _, t := range more {
		s.set(t)
	}
	slices.SortFunc(s.tags, func(a, b Tag) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	s.line = encodeTags(s.tags)
	return s
}

func (s *Series) set(t Tag) {
	t.Value = SafeTag(t.Value)
	i := slices.IndexFunc(s.tags, func(have Tag) bool { return have.Key == t.Key })
	switch {
	case t.Value == "":
	case i >= 0:
		s.tags[i] = t
	default:
		s.tags = append(s.tags, t)
	}
}

// Map returns the tags as telegraf.Accumulator wants them: a map of its own for every point.
func (s *Series) Map() map[string]string {
	m := make(map[string]string, len(s.tags))
	for _, t := range s.tags {
		m[t.Key] = t.Value
	}
	return m
}

// encodeTags writes sorted, safe tags with line-protocol's own escaping.
func encodeTags(tags []Tag) string {
	var e lineprotocol.Encoder
	e.SetLax(true) // keys are ours or checked with the configuration, values are safe
	e.StartLine("m")
	for _, t := range tags {
		e.AddTag(t.Key, t.Value)
	}
	return string(e.Bytes()[len("m"):])
}

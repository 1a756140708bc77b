// Package schema is the metric contract as data: every measurement, tag and field that the plugins emit, described once.
//
// The plugins take their names from here, the tables in the READMEs and the output of -schema are written from here, and the
// tests hold every golden output against it. Names, types and units are what dashboards and alerts are built on:
// adding one is a minor release, renaming or retyping one a major release.
package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Type is the type of a field's values in line protocol.
type Type uint8

// The types of fields.
const (
	Int Type = iota
	Float
	String
)

// String returns "int", "float" or "string".
func (t Type) String() string { return [...]string{"int", "float", "string"}[t] }

// Kind is Telegraf's value type, which outputs such as prometheus_client export.
type Kind uint8

// The kinds of fields.
const (
	Info    Kind = iota // neither: texts and instants
	Gauge               // goes up and down
	Counter             // goes up, and starts afresh with the server or the source
)

// String returns "", "gauge" or "counter".
func (k Kind) String() string { return [...]string{"", "gauge", "counter"}[k] }

// Platform is a set of platforms.
type Platform uint8

// The platforms.
const (
	Icecast Platform = 1 << iota
	Wowza
	Both = Icecast | Wowza
)

// Tag is one tag of a measurement.
type Tag struct {
	Name     string
	Platform Platform
	Optional bool // left out where its value is empty
	Help     string
}

// Field is one field of a measurement. Every field may be absent: what could not be read is left out.
type Field struct {
	Name     string
	Type     Type
	Kind     Kind
	Unit     string // empty for counts and texts
	Platform Platform
	Help     string
}

// Measurement is one measurement with its tags and fields.
type Measurement struct {
	Name     string
	Help     string
	When     string
	Platform Platform
	Tags     []Tag
	Fields   []Field
	Open     *Field // pattern of fields whose names come from the server, or nil
}

// All returns the contract in the order of its documentation. It must not be changed.
func All() []Measurement { return contract }

// Lookup finds a measurement.
func Lookup(name string) (*Measurement, bool) {
	m, ok := byName[name]
	return m, ok
}

// Field finds a field. A name that no field has is one of the open fields, where the measurement has them.
func (m *Measurement) Field(name string) (Field, bool) {
	i := slices.IndexFunc(m.Fields, func(f Field) bool { return f.Name == name })
	switch {
	case i >= 0:
		return m.Fields[i], true
	case m.Open != nil:
		open := *m.Open
		open.Name = name
		return open, true
	}
	return Field{}, false
}

// KindOf returns the kind of a field, Info for one that the contract does not have.
func KindOf(measurement, field string) Kind {
	if m, ok := byName[measurement]; ok {
		if f, ok := m.Field(field); ok {
			return f.Kind
		}
	}
	return Info
}

var byName = func() map[string]*Measurement {
	index := make(map[string]*Measurement, len(contract))
	for i := range contract {
		index[contract[i].Name] = &contract[i]
	}
	return index
}()

// Check holds one point against the contract: tags and fields as Telegraf has them (string; int64, float64 and string). own are
// tags that the operator added.
func Check(measurement string, tags map[string]string, fields map[string]any, own ...string) error {
	m, ok := Lookup(measurement)
	if !ok {
		return fmt.Errorf("measurement %q is not in the schema", measurement)
	}
	if err := m.checkTags(tags, own); err != nil {
		return err
	}
	if len(fields) == 0 {
		return fmt.Errorf("%s has no field", m.Name)
	}
	for name, value := range fields {
		f, ok := m.Field(name)
		if !ok || f.Platform&platformOf(tags) == 0 {
			return fmt.Errorf("field %q of %s (platform %q) is not in the schema", name, m.Name, tags[TagPlatform])
		}
		if got, ok := typeOf(value); !ok || got != f.Type {
			return fmt.Errorf("field %q of %s is a %T, not of type %s", name, m.Name, value, f.Type)
		}
	}
	return nil
}

func (m *Measurement) checkTags(tags map[string]string, own []string) error {
	platform := platformOf(tags)
	if m.Platform&platform == 0 {
		return fmt.Errorf("%s is not a measurement of platform %q", m.Name, tags[TagPlatform])
	}
	for _, t := range m.Tags {
		if tags[t.Name] == "" && !t.Optional && t.Platform&platform == platform {
			return fmt.Errorf("%s lacks the tag %q", m.Name, t.Name)
		}
	}
	for name := range tags {
		i := slices.IndexFunc(m.Tags, func(t Tag) bool { return t.Name == name })
		if (i < 0 || m.Tags[i].Platform&platform == 0) && !slices.Contains(own, name) {
			return fmt.Errorf("tag %q of %s (platform %q) is not in the schema", name, m.Name, tags[TagPlatform])
		}
	}
	return nil
}

func platformOf(tags map[string]string) Platform {
	switch tags[TagPlatform] {
	case "icecast":
		return Icecast
	case "wowza":
		return Wowza
	}
	return Both
}

func typeOf(value any) (Type, bool) {
	switch value.(type) {
	case int64:
		return Int, true
	case float64:
		return Float, true
	case string:
		return String, true
	}
	return 0, false
}

// sentence joins texts with spaces.
func sentence(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

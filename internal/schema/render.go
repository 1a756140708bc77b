package schema

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the measurements of the given platforms as Markdown: a heading, a sentence, and a table of tags and
// fields each.
func WriteMarkdown(w io.Writer, p Platform) error {
	var b strings.Builder
	for _, m := range contract {
		if m.Platform&p == 0 {
			continue
		}
		fmt.Fprintf(&b, "### `%s`\n\n%s. %s\n\n", m.Name, m.When, m.Help)
		b.WriteString("| tag | value |\n|---|---|\n")
		for _, t := range m.Tags {
			if t.Platform&p&m.Platform != 0 {
				fmt.Fprintf(&b, "| `%s` | %s |\n", t.Name, t.Help+onlyOn(t.Platform, m.Platform, p))
			}
		}
		b.WriteString("\n| field | type | unit | meaning |\n|---|---|---|---|\n")
		fields := m.Fields
		if m.Open != nil {
			fields = append(fields[:len(fields):len(fields)], *m.Open)
		}
		for _, f := range fields {
			if f.Platform&p != 0 {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Name, sentence(f.Type.String(), f.Kind.String()), f.Unit, f.Help+onlyOn(f.Platform, m.Platform, p))
			}
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}

// onlyOn says which platform has a tag or field, where not every one does that is written about.
func onlyOn(has, measurement, written Platform) string {
	if all := measurement & written; has&all != all {
		return fmt.Sprintf(" %s only.", titles[has])
	}
	return ""
}

var titles = map[Platform]string{Icecast: "Icecast", Wowza: "Wowza"}

// WriteJSON writes the whole contract as one JSON array of measurements. Its members are name, help, when, platforms, tags (name, platforms,
// optional, help), fields (name, type, kind, unit, platforms, help), and open_fields, true where the server names more fields.
func WriteJSON(w io.Writer) error {
	type tag struct {
		Name      string   `json:"name"`
		Platforms []string `json:"platforms"`
		Optional  bool     `json:"optional"`
		Help      string   `json:"help"`
	}
	type field struct {
		Name      string   `json:"name"`
		Type      string   `json:"type"`
		Kind      string   `json:"kind"`
		Unit      string   `json:"unit"`
		Platforms []string `json:"platforms"`
		Help      string   `json:"help"`
	}
	type measurement struct {
		Name       string   `json:"name"`
		Help       string   `json:"help"`
		When       string   `json:"when"`
		Platforms  []string `json:"platforms"`
		Tags       []tag    `json:"tags"`
		Fields     []field  `json:"fields"`
		OpenFields bool     `json:"open_fields"`
	}
	out := make([]measurement, 0, len(contract))
	for _, m := range contract {
		j := measurement{Name: m.Name, Help: m.Help, When: m.When, Platforms: m.Platform.names(), OpenFields: m.Open != nil}
		for _, t := range m.Tags {
			if has := t.Platform & m.Platform; has != 0 {
				j.Tags = append(j.Tags, tag{t.Name, has.names(), t.Optional, t.Help})
			}
		}
		for _, f := range m.Fields {
			j.Fields = append(j.Fields, field{f.Name, f.Type.String(), f.Kind.String(), f.Unit, f.Platform.names(), f.Help})
		}
		out = append(out, j)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

func (p Platform) names() []string {
	names := []string{}
	if p&Icecast != 0 {
		names = append(names, "icecast")
	}
	if p&Wowza != 0 {
		names = append(names, "wowza")
	}
	return names
}

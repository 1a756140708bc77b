package config

import (
	"reflect"
	"slices"
	"strings"
)

// execdKeys are options that Telegraf understands for any input, and that only the stanza which starts this program can have.
var execdKeys = []string{
	"interval", "precision", "collection_jitter", "collection_offset", "round_interval", "alias", "log_level", "startup_error_behavior",
	"name_override", "name_prefix", "name_suffix", "metricpass", "namepass", "namepass_separator", "namedrop", "namedrop_separator",
	"tagpass", "tagdrop", "taginclude", "tagexclude", "pass", "drop", "fieldpass", "fieldinclude", "fielddrop", "fieldexclude",
	"always_include_local_tags", "always_include_global_tags", "time_source", "data_format", "order", "buffer_size", "metric_buffer_limit",
}

// unknownKey refuses a key that the plugin does not have.
func (d *decoder) unknownKey(line int, kind, key string, known []string) error {
	if slices.Contains(execdKeys, key) {
		return d.fail(line, key, "is an option of Telegraf itself: put it on the [[inputs.execd]] stanza in telegraf.conf that starts this program")
	}
	if near := nearest(key, append(known, "tags")); near != "" {
		return d.fail(line, key, "is no option of [[inputs.%s]]; did you mean %s?", kind, near)
	}
	return d.fail(line, key, "is no option of [[inputs.%s]]; -sample-config prints all of them", kind)
}

// optionsOf returns the options of a plugin by name, from the toml tags of its struct and of what it embeds.
func optionsOf(plugin any) map[string]reflect.Type {
	options := map[string]reflect.Type{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
			switch {
			case name == "-" || !f.IsExported():
			case f.Anonymous && name == "":
				walk(f.Type)
			case name != "":
				options[name] = f.Type
			}
		}
	}
	walk(reflect.TypeOf(plugin).Elem())
	return options
}

// fits says whether a value of TOML can be one of type t. The TOML library lets some pass that cannot.
func fits(t reflect.Type, value any) bool {
	switch value := value.(type) {
	case string:
		return t.Kind() == reflect.String || t.Name() == "Duration" || t.Name() == "Size"
	case bool:
		return t.Kind() == reflect.Bool || t.Kind() == reflect.Pointer
	case int64, float64:
		return t.Kind() == reflect.Int || t.Name() == "Duration" || t.Name() == "Size"
	case []any:
		return t.Kind() == reflect.Slice && !slices.ContainsFunc(value, func(e any) bool { return !fits(t.Elem(), e) })
	case map[string]any:
		for _, e := range value {
			if t.Kind() != reflect.Map || !fits(t.Elem(), e) {
				return false
			}
		}
		return t.Kind() == reflect.Map
	}
	return false
}

// typeHint says what an option's value has to look like.
func (d *decoder) typeHint(t reflect.Type, value any) string {
	switch name := t.Name(); {
	case name == "Duration":
		return `is no duration; write one such as "5s", "1m30s" or "1h"`
	case name == "Size":
		return `is no size; write one such as "16MiB"`
	case t.Kind() == reflect.Slice:
		return `must be a list of texts, such as ["…", "…"], also if there is only one`
	case t.Kind() == reflect.Map:
		return `must be a table of texts, such as { "10.0.0.5:8000" = "edge1" }`
	case t.Kind() == reflect.Bool, t.Kind() == reflect.Pointer:
		return "must be true or false, without quotes"
	case t.Kind() == reflect.Int:
		return "must be a whole number, without quotes"
	}
	if _, number := value.(int64); number {
		return `must be a text: put it in quotes`
	}
	return `must be a text in quotes`
}

// nearest returns the known word that is at most two edits away, or "".
func nearest(word string, known []string) string {
	best, at := "", 3
	for _, k := range known {
		if n := distance(word, k); n < at {
			best, at = k, n
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost = 1 + min(before, row[j], row[j+1])
			}
			before, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

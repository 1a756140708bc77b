package config

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// decoder goes from the tree that TOML gives to plugins.
type decoder struct {
	file      *File
	lookupEnv func(string) (string, bool)
}

func (d *decoder) fail(line int, key, format string, args ...any) error {
	return &Error{Path: d.file.Path, Line: line, Key: key, Text: fmt.Sprintf(format, args...)}
}

// tree decodes the whole tree.
func (d *decoder) tree(tree map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if name != "inputs" {
			return d.foreignTable(name)
		}
	}
	plugins, ok := tree["inputs"].(map[string]any)
	if !ok || len(plugins) == 0 {
		return d.fail(0, "", "no server is configured: write at least one [[inputs.icecast]] or [[inputs.wowza]] block; -sample-config prints an example")
	}
	for _, kind := range slices.Sorted(maps.Keys(plugins)) {
		if !isKind(kind) {
			return d.fail(d.file.lines.table("inputs."+kind), "inputs."+kind,
				"this program has the plugins icecast and wowza only; other inputs belong in telegraf.conf")
		}
		blocks, ok := plugins[kind].([]map[string]any)
		if !ok {
			return d.fail(d.file.lines.table("inputs."+kind), "inputs."+kind, "write it with double brackets: [[inputs.%s]]", kind)
		}
		for i, b := range blocks {
			if err := d.block(kind, i, b); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(d.file.Blocks, func(a, b Block) int {
		return d.file.lines.block(a.Kind, a.index) - d.file.lines.block(b.Kind, b.index)
	})
	return nil
}

// foreignTable refuses what stands beside [[inputs…]].
func (d *decoder) foreignTable(name string) error {
	line := d.file.lines.table(name)
	switch name {
	case "agent", "global_tags", "outputs", "processors", "aggregators", "secretstores":
		return d.fail(line, name, "belongs in telegraf.conf; this file holds [[inputs.icecast]] and [[inputs.wowza]] blocks only")
	}
	return d.fail(line, name, "is not known; this file holds [[inputs.icecast]] and [[inputs.wowza]] blocks only")
}

// block decodes one block, key by key, so that every error has its key.
func (d *decoder) block(kind string, index int, values map[string]any) error {
	b := Block{Kind: kind, Input: newInput(kind), index: index}
	known := optionsOf(b.Input)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		line := d.file.lines.item(kind, index, key, -1)
		value, err := d.expand(line, key, values[key])
		if err != nil {
			return err
		}
		switch _, ok := known[key]; {
		case key == "tags":
			if b.Tags, err = d.tags(kind, index, value); err != nil {
				return err
			}
			continue
		case !ok:
			return d.unknownKey(line, kind, key, slices.Sorted(maps.Keys(known)))
		}
		if !fits(known[key], value) || decodeKey(key, value, b.Input) != nil {
			return d.fail(line, key, "%s", d.typeHint(known[key], value))
		}
	}
	d.file.Blocks = append(d.file.Blocks, b)
	return nil
}

// decodeKey sets one option of a plugin.
func decodeKey(key string, value any, plugin any) error {
	var doc bytes.Buffer
	if err := toml.NewEncoder(&doc).Encode(map[string]any{key: value}); err != nil {
		return err
	}
	_, err := toml.Decode(doc.String(), plugin)
	return err
}

// reservedTags are set by the plugins.
var reservedTags = map[string]string{
	"host": "; name servers with aliases", "port": "", "platform": "", "mount": "", "vhost": "", "application": "", "instance": "",
	"stream": "", "endpoint": "", "result": "", "event": "",
}

// tags reads [inputs.KIND.tags].
func (d *decoder) tags(kind string, index int, value any) (map[string]string, error) {
	table, ok := value.(map[string]any)
	if !ok {
		return nil, d.fail(d.file.lines.item(kind, index, "tags", -1), "tags", `must be a table: [inputs.%s.tags], then region = "eu"`, kind)
	}
	tags := make(map[string]string, len(table))
	for _, name := range slices.Sorted(maps.Keys(table)) {
		line := d.file.lines.item(kind, index, "tags."+name, -1)
		text, ok := table[name].(string)
		hint, reserved := reservedTags[name]
		switch {
		case reserved:
			return nil, d.fail(line, "tags."+name, "is set by the plugin itself%s", hint)
		case !ok || text == "":
			return nil, d.fail(line, "tags."+name, `must be a text that is not empty, such as "eu"`)
		case !isPlainName(name):
			return nil, d.fail(line, "tags."+name, "a tag's name has letters, digits, _ and - only")
		}
		tags[name] = text
	}
	return tags, nil
}

func isPlainName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

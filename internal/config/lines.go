package config

import (
	"fmt"
	"regexp"
	"strings"
)

// lines knows on which line of the file what stands. The TOML library keeps no positions of keys; this reads table headers
// and keys line by line, which is enough to tell a person where to look.
type lines struct {
	text   []string
	tables map[string]int            // "inputs.icecast" → line of its first header
	blocks map[string][]int          // kind → lines of its [[…]] headers
	keys   map[string]map[string]int // "icecast 0" → key → line
}

var (
	header   = regexp.MustCompile(`^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$`)
	assigned = regexp.MustCompile(`^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=`)
)

// bare takes the quotes and the white space around dots out of a key.
func bare(key string) string {
	parts := strings.Split(key, ".")
	for i, p := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(p), `"'`)
	}
	return strings.Join(parts, ".")
}

func indexLines(text string) *lines {
	l := &lines{
		text:   strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n"),
		tables: map[string]int{}, blocks: map[string][]int{}, keys: map[string]map[string]int{},
	}
	block, prefix := "", ""
	for i, line := range l.text {
		if m := header.FindStringSubmatch(line); m != nil {
			block, prefix = l.header(bare(m[1]), strings.HasPrefix(strings.TrimSpace(line), "[["), i+1)
		} else if m := assigned.FindStringSubmatch(line); m != nil {
			l.key(block, prefix+bare(m[1]), i+1)
		}
	}
	return l
}

// header notes a table and returns the block that it belongs to and what its keys are below it.
func (l *lines) header(name string, array bool, line int) (block, prefix string) {
	for full := name; ; {
		if _, have := l.tables[full]; !have {
			l.tables[full] = line
		}
		dot := strings.LastIndexByte(full, '.')
		if dot < 0 {
			break
		}
		full = full[:dot]
	}
	kind, below, _ := strings.Cut(strings.TrimPrefix(name, "inputs."), ".")
	if !strings.HasPrefix(name, "inputs.") || !isKind(kind) {
		return "", ""
	}
	if array && below == "" {
		l.blocks[kind] = append(l.blocks[kind], line)
	}
	block = blockKey(kind, len(l.blocks[kind])-1)
	if below != "" {
		l.key(block, below, line)
		prefix = below + "."
	}
	return block, prefix
}

func (l *lines) key(block, key string, line int) {
	if block == "" {
		name, _, _ := strings.Cut(key, ".")
		if _, have := l.tables[name]; !have {
			l.tables[name] = line
		}
		return
	}
	if l.keys[block] == nil {
		l.keys[block] = map[string]int{}
	}
	first, _, _ := strings.Cut(key, ".")
	for _, k := range []string{key, first} {
		if _, have := l.keys[block][k]; !have {
			l.keys[block][k] = line
		}
	}
}

func blockKey(kind string, index int) string { return fmt.Sprintf("%s %d", kind, index) }

// table returns the line of a table, 0 if it is not found.
func (l *lines) table(name string) int { return l.tables[name] }

// block returns the line of the header of a block.
func (l *lines) block(kind string, index int) int {
	if index < len(l.blocks[kind]) {
		return l.blocks[kind][index]
	}
	return 0
}

// item returns the line of an option, or of one element of a list if item is not negative; that of the block if the option
// is not in the file.
func (l *lines) item(kind string, index int, key string, item int) int {
	line, ok := l.keys[blockKey(kind, index)][key]
	if !ok {
		return l.block(kind, index)
	}
	if item < 0 {
		return line
	}
	return l.element(line, item)
}

// element finds the line on which the text number item of the list begins that is assigned on line.
func (l *lines) element(line, item int) int {
	_, rest, _ := strings.Cut(l.text[line-1], "=")
	for n := line; ; {
		for rest != "" {
			switch c := rest[0]; c {
			case '#':
				rest = ""
			case '"', '\'':
				if item--; item < 0 {
					return n
				}
				rest = afterText(rest, c)
			case ']':
				return line
			default:
				rest = rest[1:]
			}
		}
		if n++; n > len(l.text) {
			return line
		}
		rest = l.text[n-1]
	}
}

// afterText returns what follows the text that rest begins with.
func afterText(rest string, quote byte) string {
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && quote == '"':
			i++
		case rest[i] == quote:
			return rest[i+1:]
		}
	}
	return ""
}

// Package config reads the program's configuration file: TOML with any number of [[inputs.icecast]] and
// [[inputs.wowza]] blocks.
//
// It is strict. A file that cannot do what its author meant is refused, with one line that names file, line, key and
// what to write instead: an option that is silently ignored is found out in the night in which it is needed. Telegraf's shim
// ignores unknown keys, loads only the first block and expands every "$"; this package exists so that users need
// not know that.
//
// Only ${NAME} is an environment variable, in string values; $${ is a literal ${. What a variable holds is taken as it
// is: it cannot end a string, name another variable or add a key.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/plugins/inputs"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/fleet"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/option"
)

// Kinds are the plugins that a file may configure.
var Kinds = []string{"icecast", "wowza"}

// Block is one plugin block, decoded over the plugin's defaults.
type Block struct {
	Kind  string
	Input telegraf.Input
	Tags  map[string]string // [inputs.KIND.tags]

	index int // among the blocks of its kind
}

// File is a configuration file.
type File struct {
	Path   string
	Blocks []Block // in the order of the file

	lines *lines
}

// Error is what is wrong with a file. Its text is one line and holds no value of the file that may be secret.
type Error struct {
	Path string
	Line int    // 0 where the file as a whole is meant
	Key  string // "" where no key is meant
	Text string
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Text)
	return b.String()
}

// Load reads and decodes a file. lookupEnv is os.LookupEnv. The plugins' Init is not called yet; errors are *Error.
func Load(path string, lookupEnv func(string) (string, bool)) (*File, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path, lines: indexLines(text)}
	var tree map[string]any
	if _, err := toml.Decode(text, &tree); err != nil {
		return nil, f.syntaxError(err)
	}
	d := decoder{file: f, lookupEnv: lookupEnv}
	if err := d.tree(tree); err != nil {
		return nil, err
	}
	return f, nil
}

// read returns the text of the file, without a byte order mark.
func read(path string) (string, error) {
	fail := func(text string) (string, error) { return "", &Error{Path: path, Text: text} }
	b, err := os.ReadFile(path)
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail("no such file; write one, -sample-config prints an example")
	case errors.Is(err, fs.ErrPermission):
		return fail("may not be read; it has to be readable for the user that Telegraf runs as")
	case errors.As(err, &pathErr):
		return fail("cannot be read: " + pathErr.Err.Error())
	case err != nil:
		return fail("cannot be read: " + err.Error())
	case bytes.HasPrefix(b, []byte("\xFF\xFE")), bytes.HasPrefix(b, []byte("\xFE\xFF")), bytes.IndexByte(b, 0) >= 0:
		return fail("is not UTF-8 text but UTF-16 or binary; save it as UTF-8")
	}
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(b) {
		return "", &Error{Path: path, Line: 1 + bytes.Count(b[:firstInvalid(b)], []byte("\n")), Text: "is not UTF-8 text; save it as UTF-8"}
	}
	return string(b), nil
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// syntaxError says what the TOML reader says, without what it quotes of the file, which may be a password.
func (f *File) syntaxError(err error) error {
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		return &Error{Path: f.Path, Text: "not TOML"}
	}
	text := "not TOML"
	switch message := strings.ToLower(parse.Message); {
	case strings.Contains(message, "already been defined"), strings.Contains(message, "already defined"):
		text = "is there twice: remove one of them"
	case strings.Contains(message, "expected value but found"):
		text = "has no value, or a text without quotes"
	case strings.Contains(message, "strings cannot contain newlines"):
		text = "a text does not end on its line: the closing quote is missing"
	case !strings.ContainsAny(message, "'\"`"):
		text = "not TOML: " + message
	}
	return &Error{Path: f.Path, Line: parse.Position.Line, Key: parse.LastKey, Text: text}
}

// Init calls the plugins' Init and finds the line of what they refuse. Servers of one kind are held against each other
// over all blocks: two with the same host and port would overwrite each other's points.
func (f *File) Init() error {
	seen := map[string]*Block{}
	for i := range f.Blocks {
		b := &f.Blocks[i]
		if p, ok := b.Input.(telegraf.Initializer); ok {
			if err := p.Init(); err != nil {
				return f.optionError(b, err)
			}
		}
		p, ok := b.Input.(interface{ Endpoints() []fleet.Endpoint })
		if !ok {
			continue
		}
		for _, e := range p.Endpoints() {
			key := b.Kind + " " + e.Host + ":" + e.Port
			if first := seen[key]; first != nil {
				return f.optionError(b, option.ItemErrorf("urls", e.Index,
					"server %s:%s is also in the [[inputs.%s]] block of line %d: remove one, or their points would overwrite each other",
					e.Host, e.Port, b.Kind, f.lines.block(first.Kind, first.index)))
			}
			seen[key] = b
		}
	}
	return nil
}

// optionError says where the option stands that a plugin refused.
func (f *File) optionError(b *Block, err error) error {
	var o *option.Error
	if !errors.As(err, &o) {
		return &Error{Path: f.Path, Line: f.lines.block(b.Kind, b.index), Text: err.Error()}
	}
	key := o.Key
	if o.Index >= 0 {
		key = fmt.Sprintf("%s[%d]", o.Key, o.Index)
	}
	return &Error{Path: f.Path, Line: f.lines.item(b.Kind, b.index, o.Key, o.Index), Key: key, Text: o.Err.Error()}
}

// newInput makes a plugin with its defaults.
func newInput(kind string) telegraf.Input { return inputs.Inputs[kind]() }

func isKind(name string) bool { return slices.Contains(Kinds, name) }

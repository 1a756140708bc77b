package xmldoc

import (
	"unicode"
	"unicode/utf8"
)

// maxWords bounds what is remembered of element names: a source can invent new ones for ever.
const maxWords = 128

// word is one element name.
type word struct {
	name   string
	id     int
	broken bool  // not a name that XML allows
	kept   bool  // in the table: words that are not take no part in predictions
	next   *word // the one that followed it last time

	leaf leafShape
	open openShape
}

// words are the names seen so far, with the order in which they came. These documents repeat
// the same elements in nearly the same order for every mount, so the word that followed last time
// is tried first: one comparison finds where the name ends and which one it is. A wrong guess
// costs a map look-up and nothing else.
type words struct {
	byName map[string]*word
	first  word // stands before what comes first in a document
	prev   *word
}

func (t *words) init(names []string) {
	t.byName = make(map[string]*word, 2*len(names))
	for i, name := range names {
		t.byName[name] = &word{name: name, id: i + 1, kept: true}
	}
	t.restart()
}

// restart goes to the beginning of a document.
func (t *words) restart() { t.prev = &t.first }

// predict returns the expected word, and its length, if b starts with it as a whole name.
func (t *words) predict(b []byte) (*word, int) {
	w := t.prev.next
	if w == nil {
		return nil, 0
	}
	n := len(w.name)
	if n < len(b) && (b[n] == '>' || b[n] == ' ') && string(b[:n]) == w.name {
		return w, n
	}
	return nil, 0
}

// passed notes that w came next.
func (t *words) passed(w *word) {
	if w.kept {
		t.prev.next = w
		t.prev = w
	}
}

// learn finds or remembers a name.
func (t *words) learn(name []byte) *word {
	if w, ok := t.byName[string(name)]; ok {
		return w
	}
	w := &word{name: string(name), broken: !isName(name)}
	if len(t.byName) < maxWords && len(name) <= 64 {
		w.kept = true
		t.byName[w.name] = w
	}
	return w
}

// nameLen returns how far the name of a tag reaches: up to white space, "/" or ">". It is -1 if
// the end is not in b, and 0 if no name starts here.
func nameLen(b []byte) int {
	for i, c := range b {
		switch c {
		case '>', '/', ' ', '\n', '\t', '\r':
			return i
		case '<', '=', '"', '\'', '&':
			return 0
		}
	}
	return -1
}

// isName reports whether XML allows name as the name of an element (XML 1.0, production 5). Letters
// beyond ASCII are taken by Unicode's classes instead of the production's table.
func isName(name []byte) bool {
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRune(name[i:])
		if r == utf8.RuneError && n <= 1 {
			return false
		}
		start := r == '_' || r == ':' || unicode.IsLetter(r)
		rest := r == '-' || r == '.' || r == 0xB7 || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
		if !start && (i == 0 || !rest) {
			return false
		}
		i += n
	}
	return len(name) > 0
}

package xmldoc

import (
	"bytes"
	"errors"
	"io"
	"iter"
)

// Limits of one document. They are far above what the servers send (facts: the longest real text
// is a Vorbis comment of 10,000 bytes, the deepest element is at level 7).
const (
	MaxDepth   = 64      // levels of elements
	MaxElement = 1 << 20 // bytes of one tag with its text
	maxAttrs   = 64      // attributes of one tag
	windowSize = 16 << 10
)

// Errors of a document that is not read on. A reader's own error is returned as it is.
var (
	ErrDoctype  = errors.New("document has a DOCTYPE, which no streaming server sends; it is not read")
	ErrTooDeep  = errors.New("document is nested deeper than 64 elements")
	ErrTooLarge = errors.New("document has a tag or text of more than 1 MiB")
	ErrEncoding = errors.New("document is UTF-16 or UTF-32; only UTF-8, Latin-1 and other supersets of ASCII are read")
)

// Kind is the kind of an event.
type Kind uint8

// The events of a document, in the order in which Next yields them.
const (
	EOF   Kind = iota // nothing more; Err and Truncated say why
	Open              // start of an element that has, or may have, children
	Leaf              // a whole element without children: Text is its text
	Close             // end of an element that was opened
)

// Scanner reads one document after another. It is made once for a set of element names and used
// again with Reset, which keeps its buffers and what it learned of the order of elements.
// What Text, Attr and Name return is valid until the next call of Next.
type Scanner struct {
	words words // element names, and which one followed which

	r       io.Reader
	readErr error  // from r; io.EOF at the end
	buf     []byte // window of the document
	end     int    // filled part of buf
	pos     int    // first byte not yet scanned

	// The element of the current event.
	word  *word
	text  []byte
	attrs []attr

	stack     []*word // the open elements
	eventDep  int
	emptyOpen bool // the current Open was <a …/>: its Close follows

	scratch   []byte // decoded text and attribute values of the current event
	encoding  encoding
	recovered int
	mark      int // recovered where the current tag began, to count again when it is read again
	err       error
	done      bool // nothing more is read
	trailing  bool // what stands behind the root element has not been looked at yet
	truncated bool
}

type attr struct{ name, value []byte }

// NewScanner returns a Scanner that gives the elements called names[i] the ID i+1.
func NewScanner(names ...string) *Scanner {
	s := &Scanner{buf: make([]byte, windowSize)}
	s.words.init(names)
	return s
}

// Reset starts a new document.
func (s *Scanner) Reset(r io.Reader) {
	if len(s.buf) > 4*windowSize { // do not hold on to the window of one odd document
		s.buf = make([]byte, windowSize)
	}
	s.words.restart()
	*s = Scanner{words: s.words, word: &s.words.first, r: r, buf: s.buf, attrs: s.attrs[:0], stack: s.stack[:0], scratch: s.scratch[:0]}
	s.start()
}

// ID is the number of the current element's name: 1 for the first of NewScanner's names, 0 for any other.
func (s *Scanner) ID() int { return s.word.id }

// Name is the current element's name as it stands in the document, prefix included.
func (s *Scanner) Name() string { return s.word.name }

// Depth is the level of the current element; the root element has 1.
func (s *Scanner) Depth() int { return s.eventDep }

// Text is the text of a Leaf: entities resolved, line ends normalised, UTF-8 but for bytes that were
// broken in the document (see Recovered).
func (s *Scanner) Text() []byte { return s.text }

// Attr returns an attribute of an Open or Leaf.
func (s *Scanner) Attr(name string) ([]byte, bool) {
	for i := range s.attrs {
		if string(s.attrs[i].name) == name {
			return s.attrs[i].value, true
		}
	}
	return nil, false
}

// Recovered counts the broken spots that were read around so far, and the one at which a truncated document ends.
func (s *Scanner) Recovered() int { return s.recovered }

// Truncated says, after EOF, that the document ended before its root element did.
func (s *Scanner) Truncated() bool { return s.truncated }

// Err is the reader's error, or the limit that stopped the document. A document that just ends too
// early has no Err; it is Truncated.
func (s *Scanner) Err() error { return s.err }

// Next goes to the next event.
//
// Nearly all events of these documents look like the ones at the same place of the mount before, and most are leaves. So
// that is what it tries first: one comparison for the white space and the start tag, one pass over the text that finds its end and
// whether it is plain, one comparison for the end tag. Whatever is not so is left to others, from where it began.
func (s *Scanner) Next() Kind {
	w := s.words.prev.next
	if w == nil || len(s.stack) == 0 || s.emptyOpen {
		return s.step()
	}
	b, k := s.buf[:s.end], s.pos+len(w.leaf.lead)
	if len(w.leaf.lead) == 0 || k >= len(b) || string(b[s.pos:k]) != string(w.leaf.lead) {
		return s.nextTag(w)
	}
	e, isPlain := textEnd(b, k)
	end := e + len(w.leaf.tail)
	if e < 0 || end > len(b) || string(b[e:end]) != string(w.leaf.tail) {
		return s.nextTag(w)
	}
	s.text = b[k:e]
	s.attrs = s.attrs[:0]
	if !isPlain {
		s.mark, s.scratch = s.recovered, s.scratch[:0]
		s.text = s.decode(s.text)
	}
	s.pos, s.word, s.words.prev = end, w, w
	s.eventDep = len(s.stack) + 1
	return Leaf
}

// nextTag goes to the next event, which is not the leaf w in its shape.
func (s *Scanner) nextTag(w *word) Kind {
	if b, i := s.buf[:s.end], s.pos; len(w.open.lead) > 0 && i+1 < len(b) && (b[i] != '<' || b[i+1] != '/') && s.nextOpen(w) {
		return Open
	}
	return s.step()
}

// step goes to the next event, whatever it is.
func (s *Scanner) step() Kind {
	if s.emptyOpen {
		s.emptyOpen = false
		s.pop(len(s.stack) - 1)
		return Close
	}
	for !s.done {
		b := s.buf[:s.end]
		i := s.pos
		if i >= len(b) || b[i] != '<' {
			j := bytes.IndexByte(b[i:], '<')
			if j < 0 {
				s.betweenElements(b[i:])
				s.pos, s.mark = len(b), s.recovered
				s.fill()
				continue
			}
			s.betweenElements(b[i : i+j])
			i += j
		}
		s.pos, s.mark = i, s.recovered
		if i+1 >= len(b) {
			s.fill()
			continue
		}
		var kind Kind
		switch b[i+1] {
		case '/':
			kind = s.endTag(b, i)
		case '!', '?':
			s.markup()
			continue
		default:
			kind = s.startTag(b, i)
		}
		if kind != EOF {
			return kind
		}
	}
	if s.trailing {
		s.trailing = false
		s.finish()
	}
	return EOF
}

// betweenElements looks at text that belongs to no leaf. Inside the root it is mixed content, which these
// documents do not use and which is passed over; before the root it is a broken spot.
func (s *Scanner) betweenElements(text []byte) {
	if len(s.stack) == 0 && len(bytes.TrimLeft(text, " \t\r\n")) > 0 {
		s.recovered++
	}
}

// startTag reads the tag at b[i], and the whole element if it is a leaf. It returns EOF when it needs
// to be called again: more of the document had to be read, or a broken tag was passed.
func (s *Scanner) startTag(b []byte, i int) Kind {
	w, n := s.words.predict(b[i+1:])
	if w == nil {
		if n = nameLen(b[i+1:]); n < 0 {
			s.fill()
			return EOF
		}
		if n == 0 {
			return s.junkTag(b, i)
		}
	}
	k := i + 1 + n
	s.attrs, s.scratch = s.attrs[:0], s.scratch[:0]
	if b[k] != '>' {
		end, empty, verdict := s.readAttrs(b, k)
		switch {
		case verdict == attrsNeedMore:
			s.fill()
			return EOF
		case verdict == attrsBroken:
			return s.junkTag(b, i)
		case empty:
			return s.emptyElement(w, b[i+1:i+1+n], end)
		}
		k = end - 1
	}
	if w == nil {
		w = s.words.learn(b[i+1 : i+1+n])
	}
	return s.element(w, b, i, k+1)
}

// element reads the text behind the start tag b[i:k], and with it the whole element if it is a leaf.
func (s *Scanner) element(w *word, b []byte, i, k int) Kind {
	j := bytes.IndexByte(b[k:], '<')
	if j < 0 {
		s.fill()
		return EOF
	}
	e := k + j
	n := len(w.name)
	if e+n+2 < len(b) && b[e+1] == '/' && b[e+n+2] == '>' && string(b[e+2:e+2+n]) == w.name {
		s.text = b[k:e]
		if !plain(s.text) {
			s.text = s.decode(s.text)
		}
		if len(s.attrs) == 0 {
			w.learnLeaf(b, i, k)
		}
		return s.leaf(w, e+n+3)
	}
	return s.elementSlow(w, b, k, e)
}

// leaf makes the current event a whole element that ends before pos.
func (s *Scanner) leaf(w *word, pos int) Kind {
	if w.broken {
		s.recovered++
	}
	s.pos = pos
	s.words.passed(w)
	s.word = w
	s.eventDep = len(s.stack) + 1
	if s.eventDep == 1 {
		s.done, s.trailing = true, true
	}
	return Leaf
}

// open makes the current event the start of an element; its content begins at pos.
func (s *Scanner) open(w *word, pos int) Kind {
	if w.broken {
		s.recovered++
	}
	if len(s.stack) >= MaxDepth {
		s.fail(ErrTooDeep)
		return EOF
	}
	s.pos = pos
	s.words.passed(w)
	s.word = w
	s.text = nil
	s.stack = append(s.stack, w)
	s.eventDep = len(s.stack)
	return Open
}

// emptyElement is <name …/>. With attributes it is opened and closed, so that both forms of an
// element with attributes look alike to the caller; without, it is a leaf without text.
func (s *Scanner) emptyElement(w *word, name []byte, pos int) Kind {
	if w == nil {
		w = s.words.learn(name)
	}
	if len(s.attrs) == 0 {
		s.text = nil
		return s.leaf(w, pos)
	}
	kind := s.open(w, pos)
	s.emptyOpen = kind == Open
	return kind
}

// endTag reads the end tag at b[i].
func (s *Scanner) endTag(b []byte, i int) Kind {
	if top := len(s.stack) - 1; top >= 0 {
		name := s.stack[top].name
		n := len(name)
		if i+n+2 < len(b) && b[i+n+2] == '>' && string(b[i+2:i+2+n]) == name {
			s.pos = i + n + 3
			s.pop(top)
			return Close
		}
	}
	return s.endTagSlow(b, i)
}

// pop closes the element at index level of the stack, and those inside it.
func (s *Scanner) pop(level int) {
	s.word = s.stack[level]
	s.stack = s.stack[:level]
	s.eventDep = level + 1
	s.text = nil
	s.attrs = s.attrs[:0]
	if level == 0 {
		s.done, s.trailing = true, true
	}
}

// Attrs yields the attributes of an Open or Leaf, in the order of the document.
func (s *Scanner) Attrs() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for _, a := range s.attrs {
			if !yield(a.name, a.value) {
				return
			}
		}
	}
}

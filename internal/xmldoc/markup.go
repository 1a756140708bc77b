package xmldoc

import "bytes"

const (
	commentOpen = "<!--"
	cdataOpen   = "<![CDATA["
	cdataClose  = "]]>"
)

// markupKind is what a "<" begins, if it is no tag.
type markupKind uint8

const (
	markupNone        markupKind = iota // a tag, or nothing known
	markupNeedMore                      // its end is not in the window
	markupComment                       // <!-- … -->
	markupCDATA                         // <![CDATA[ … ]]>
	markupInstruction                   // <? … ?>
)

// markupLen returns the kind and length of the markup that b starts with.
func markupLen(b []byte) (int, markupKind) {
	if len(b) < 2 {
		return 0, markupNeedMore
	}
	switch {
	case b[1] == '?':
		if j := bytes.Index(b[2:], []byte("?>")); j >= 0 {
			return 2 + j + 2, markupInstruction
		}
		return 0, markupNeedMore
	case b[1] != '!':
		return 0, markupNone
	case bytes.HasPrefix(b, []byte(commentOpen)):
		j := bytes.Index(b[len(commentOpen):], []byte("--"))
		end := len(commentOpen) + j + 2
		if j < 0 || end >= len(b) {
			return 0, markupNeedMore
		}
		if b[end] != '>' { // XML forbids "--" inside a comment: what begins here is a name that someone chose
			return 0, markupNone
		}
		return end + 1, markupComment
	case bytes.HasPrefix(b, []byte(cdataOpen)):
		if j := bytes.Index(b[len(cdataOpen):], []byte(cdataClose)); j >= 0 {
			return len(cdataOpen) + j + len(cdataClose), markupCDATA
		}
		return 0, markupNeedMore
	case len(b) < len(cdataOpen) && (bytes.HasPrefix([]byte(cdataOpen), b) || bytes.HasPrefix([]byte(commentOpen), b)):
		return 0, markupNeedMore
	}
	return 0, markupNone
}

// markup passes over what begins with "<!" or "<?" at s.pos, between elements.
func (s *Scanner) markup() {
	b := s.buf[s.pos:s.end]
	if len(b) < len("<!DOCTYPE") && s.more() == supplied {
		return
	}
	b = s.buf[s.pos:s.end]
	length, kind := markupLen(b)
	switch kind {
	case markupNeedMore:
		if s.more() == supplied {
			return
		}
	case markupInstruction:
		s.instruction(b[2 : length-2])
		s.pos += length
		return
	case markupComment, markupCDATA:
		if kind == markupCDATA && len(s.stack) == 0 {
			s.recovered++
		}
		s.pos += length
		return
	case markupNone:
		if len(b) >= 9 && bytes.EqualFold(b[:9], []byte("<!DOCTYPE")) {
			s.fail(ErrDoctype)
			return
		}
	}
	// It never ends, or it is nothing: a name that a source chose. Its opening alone is passed.
	s.recovered++
	s.pos += 2
	if gt := bytes.IndexByte(s.buf[s.pos:s.end], '>'); gt >= 0 {
		s.pos += gt + 1
	}
}

// instruction reads what stands between "<?" and "?>". Only the declaration at the start says
// something: the encoding.
func (s *Scanner) instruction(text []byte) {
	n := nameLen(text)
	if n < 0 {
		n = len(text)
	}
	if !isName(text[:n]) {
		s.recovered++
		return
	}
	if string(text[:n]) != "xml" {
		return
	}
	for {
		_, after, ok := bytes.Cut(text, []byte("encoding="))
		if !ok || len(after) == 0 {
			return
		}
		if quote := after[0]; quote == '"' || quote == '\'' {
			if name, _, ok := bytes.Cut(after[1:], after[:1]); ok {
				s.encoding = encodingOf(string(name))
			}
			return
		}
		text = after[1:]
	}
}

package xmldoc

import "bytes"

// elementSlow goes on where the text behind a start tag, b[k:e], is not simply followed by its end tag.
func (s *Scanner) elementSlow(w *word, b []byte, k, e int) Kind {
	rest := b[e:]
	if len(rest) < len(w.name)+3 && s.readErr == nil {
		s.lookOn()
		return EOF
	}
	if len(rest) < 2 {
		s.fill()
		return EOF
	}
	switch rest[1] {
	case '/':
		gt := bytes.IndexByte(rest, '>')
		if gt < 0 {
			s.fill()
			return EOF
		}
		if string(bytes.TrimRight(rest[2:gt], " \t\r\n")) == w.name {
			s.text = b[k:e]
			if !plain(s.text) {
				s.text = s.decode(s.text)
			}
			return s.leaf(w, e+gt+1)
		}
	case '!', '?':
		return s.leafInPieces(w, b, k)
	}
	w.learnOpen(b, s.pos, k, s.attrs)
	return s.open(w, k)
}

// leafInPieces reads a leaf whose text, from b[k:] on, is interrupted by comments, processing instructions or
// CDATA sections. Whatever is not as it should be makes it an element with children: markup and endTag deal with that.
func (s *Scanner) leafInPieces(w *word, b []byte, k int) Kind {
	from, recovered, content := len(s.scratch), s.recovered, k
	for {
		j := bytes.IndexByte(b[k:], '<')
		if j < 0 {
			s.fill()
			return EOF
		}
		s.decode(b[k : k+j])
		k += j
		length, kind := markupLen(b[k:])
		switch kind {
		case markupCDATA:
			s.decodeCDATA(b[k+len(cdataOpen) : k+length-len(cdataClose)])
		case markupComment, markupInstruction:
		case markupNeedMore:
			if s.readErr == nil && len(s.buf) < MaxElement {
				s.lookOn()
				return EOF
			}
			s.recovered = recovered
			return s.open(w, content)
		case markupNone:
			gt := bytes.IndexByte(b[k:], '>')
			if gt < 0 {
				s.fill()
				return EOF
			}
			if b[k+1] == '/' && string(bytes.TrimRight(b[k+2:k+gt], " \t\r\n")) == w.name {
				s.text = s.scratch[from:]
				return s.leaf(w, k+gt+1)
			}
			s.recovered = recovered
			return s.open(w, content)
		}
		k += length
	}
}

// junkTag reads a start tag that is none, at b[i]: `<album artist>`, `<ice-1<2>`, `<source mount=/a>`.
func (s *Scanner) junkTag(b []byte, i int) Kind {
	gt := bytes.IndexByte(b[i:], '>')
	if gt < 0 {
		s.fill()
		return EOF
	}
	raw := b[i+1 : i+gt]
	after := b[i+gt+1:]
	lt := bytes.IndexByte(after, '<')
	if (lt < 0 || len(after) < lt+len(raw)+3) && s.readErr == nil && len(s.buf) < MaxElement {
		s.lookOn()
		return EOF
	}
	s.recovered++
	s.attrs = s.attrs[:0]
	if lt >= 0 && len(after) >= lt+len(raw)+3 && len(raw) > 0 && after[lt+1] == '/' &&
		bytes.Equal(after[lt+2:lt+2+len(raw)], raw) && after[lt+2+len(raw)] == '>' {
		s.pos = i + gt + 1 + lt + len(raw) + 3 // a whole element under a name that is none
		return EOF
	}
	if inner := bytes.IndexByte(raw, '<'); inner >= 0 {
		s.pos = i + 1 + inner // the tag was cut off by another one
		return EOF
	}
	n := nameLen(b[i+1:])
	if n <= 0 {
		s.pos = i + gt + 1
		return EOF
	}
	w := s.words.learn(b[i+1 : i+1+n])
	if raw[len(raw)-1] == '/' {
		return s.emptyElement(w, nil, i+gt+1)
	}
	return s.open(w, i+gt+1)
}

// endTagSlow reads an end tag that is not simply that of the innermost element.
func (s *Scanner) endTagSlow(b []byte, i int) Kind {
	gt := bytes.IndexByte(b[i:], '>')
	if gt < 0 {
		s.fill()
		return EOF
	}
	raw := b[i+2 : i+gt]
	name := bytes.TrimRight(raw, " \t\r\n")
	if level := s.innermost(name); level >= 0 {
		if level != len(s.stack)-1 {
			s.recovered++
		}
		s.pos = i + gt + 1
		s.pop(level)
		return Close
	}
	s.recovered++
	if n := nameLen(raw); n > 0 { // `</album artist>` closes what `<album artist>` opened as "album"
		if level := s.innermost(raw[:n]); level >= 0 && level == len(s.stack)-1 {
			s.pos = i + gt + 1
			s.pop(level)
			return Close
		}
	}
	s.pos = i + gt + 1
	if inner := bytes.IndexByte(raw, '<'); inner >= 0 {
		s.pos = i + 2 + inner
	}
	return EOF
}

// innermost returns the stack index of the innermost open element called name, or -1.
func (s *Scanner) innermost(name []byte) int {
	for level := len(s.stack) - 1; level >= 0; level-- {
		if string(name) == s.stack[level].name {
			return level
		}
	}
	return -1
}

package xmldoc

import (
	"errors"
	"io"
)

// supply is what came of asking for more of the document.
type supply uint8

const (
	supplied  supply = iota // more bytes are in the window
	exhausted               // the reader has no more
	full                    // one element fills the largest window
)

// more reads on, keeping everything from s.pos. It fills the window before it returns, so that a document that
// trickles in byte by byte is not scanned again for every byte of it.
func (s *Scanner) more() supply {
	if s.readErr != nil {
		return exhausted
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= MaxElement {
			return full
		}
		grown := make([]byte, 2*len(s.buf))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	before := s.end
	for empty := 0; s.end < len(s.buf) && s.readErr == nil; {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.readErr = err
		if empty++; n > 0 {
			empty = 0
		} else if empty > 100 && err == nil {
			s.readErr = io.ErrNoProgress
		}
	}
	if s.end == before {
		return exhausted
	}
	return supplied
}

// fill is more for those who cannot go on without it: the document ends where there is none. The current
// tag is read again from its beginning.
func (s *Scanner) fill() {
	switch s.more() {
	case exhausted:
		s.truncate()
	case full:
		s.fail(ErrTooLarge)
	case supplied:
		s.recovered = s.mark
	}
}

// lookOn is more for those who only want to see whether there is something that changes their mind. The current tag is read
// again from its beginning; if there was nothing, readErr says so then.
func (s *Scanner) lookOn() {
	if s.more() == full {
		s.fail(ErrTooLarge)
	}
	s.recovered = s.mark
}

// truncate ends the document before its root element did. What was cut off is a broken spot, too.
func (s *Scanner) truncate() {
	s.recovered++
	s.done, s.truncated, s.stack = true, true, s.stack[:0]
	if s.readErr != nil && !errors.Is(s.readErr, io.EOF) {
		s.err = s.readErr
	}
}

// fail ends the document at a limit.
func (s *Scanner) fail(err error) {
	s.done, s.truncated, s.err, s.stack = true, true, err, s.stack[:0]
}

// start looks at the first bytes: a byte order mark is passed, an encoding that is no superset of ASCII is refused.
func (s *Scanner) start() {
	if s.more() != supplied {
		s.truncate()
		return
	}
	b := s.buf[:s.end]
	switch {
	case len(b) >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF:
		s.pos = 3
	case len(b) >= 2 && (b[0] == 0 || b[1] == 0 || b[0] == 0xFE && b[1] == 0xFF || b[0] == 0xFF && b[1] == 0xFE):
		s.fail(ErrEncoding)
	}
}

// finish looks at what stands behind the root element: comments and white space may.
func (s *Scanner) finish() {
	for s.err == nil {
		for s.pos < s.end && isSpace(s.buf[s.pos]) {
			s.pos++
		}
		if s.end-s.pos < 4 && s.more() == supplied {
			continue
		}
		if s.pos >= s.end {
			break
		}
		b := s.buf[s.pos:s.end]
		if len(b) < 4 || b[0] != '<' || b[1] != '?' && string(b[:4]) != "<!--" {
			s.recovered++
			break
		}
		s.markup()
	}
	if s.readErr != nil && !errors.Is(s.readErr, io.EOF) {
		s.err = s.readErr
	}
}

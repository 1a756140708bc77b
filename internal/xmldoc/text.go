package xmldoc

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
)

// encoding is how bytes beyond ASCII are read.
type encoding uint8

const (
	utf8Bytes   encoding = iota // also where the document declares nothing
	latin1Bytes                 // ISO-8859-1 and windows-1252, read as WHATWG does: as windows-1252
)

// encodingOf reads the name in an XML declaration. What is not known is read as UTF-8: ASCII comes out right,
// anything else is kept as it came and counted.
func encodingOf(name string) encoding {
	switch strings.ToLower(name) {
	case "iso-8859-1", "iso_8859-1", "latin1", "l1", "windows-1252", "cp1252":
		return latin1Bytes
	}
	return utf8Bytes
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plain reports whether text is its own value: no reference, no control character (tab and line ends
// included, since those are normalised), nothing beyond ASCII. It looks at eight bytes at once.
func plain(text []byte) bool {
	n := len(text)
	if n >= 8 {
		for i := 0; i+8 <= n; i += 8 {
			if oddBytes(binary.LittleEndian.Uint64(text[i:])) != 0 {
				return false
			}
		}
		return n%8 == 0 || oddBytes(binary.LittleEndian.Uint64(text[n-8:])) == 0
	}
	if cap(text) >= 8 && n > 0 { // the window goes on behind the text: look at it with the rest blanked
		mask := uint64(1)<<(8*n) - 1
		return oddBytes(binary.LittleEndian.Uint64(text[:8])&mask|' '*ones&^mask) == 0
	}
	for _, c := range text {
		if c < ' ' || c == '&' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// oddBytes has the high bit of each of eight bytes that is not plain. No carry goes from one to the next.
func oddBytes(w uint64) uint64 {
	low := w &^ highs
	notControl := low + (0x80-' ')*ones
	notAmp := (low ^ '&'*ones) + 0x7F*ones
	return ^(notControl & notAmp &^ w) & highs
}

// plainRun returns how many bytes of text, from its beginning, are plain.
func plainRun(text []byte) int {
	n := 0
	for ; n+8 <= len(text); n += 8 {
		if odd := oddBytes(binary.LittleEndian.Uint64(text[n:])); odd != 0 {
			return n + bits.TrailingZeros64(odd)/8
		}
	}
	for n < len(text) && text[n] >= ' ' && text[n] != '&' && text[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// decode appends the value of text, which is not plain, to the scratch buffer, and returns that part of it.
func (s *Scanner) decode(text []byte) []byte {
	from := len(s.scratch)
	for {
		run := plainRun(text)
		s.scratch = append(s.scratch, text[:run]...)
		if text = text[run:]; len(text) == 0 {
			return s.scratch[from:]
		}
		c := text[0]
		switch {
		case c == '&':
			text = s.reference(text)
		case c == '\r':
			text = s.lineEnd(text)
		case c >= utf8.RuneSelf:
			text = s.beyondASCII(text)
		default:
			if c < ' ' && c != '\t' && c != '\n' {
				s.recovered++
			}
			s.scratch = append(s.scratch, c)
			text = text[1:]
		}
	}
}

// decodeCDATA appends the content of a CDATA section, in which "&" is nothing special.
func (s *Scanner) decodeCDATA(text []byte) {
	for {
		before, after, more := bytes.Cut(text, []byte("&"))
		s.decode(before)
		if !more {
			return
		}
		s.scratch = append(s.scratch, '&')
		text = after
	}
}

// lineEnd turns CR and CR LF into LF (XML 1.0, 2.11).
func (s *Scanner) lineEnd(text []byte) []byte {
	s.scratch = append(s.scratch, '\n')
	if len(text) > 1 && text[1] == '\n' {
		return text[2:]
	}
	return text[1:]
}

func (s *Scanner) beyondASCII(text []byte) []byte {
	if s.encoding == latin1Bytes {
		s.scratch = utf8.AppendRune(s.scratch, windows1252(text[0]))
		return text[1:]
	}
	r, n := utf8.DecodeRune(text)
	if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
		s.recovered++ // the bytes stay as they came: two broken names must not become one
	}
	s.scratch = append(s.scratch, text[:n]...)
	return text[n:]
}

// windows1252 maps a byte of the range in which windows-1252 differs from Latin-1.
func windows1252(c byte) rune {
	if c >= 0x80 && c < 0xA0 {
		return rune([32]uint16{
			0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
			0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
		}[c-0x80])
	}
	return rune(c)
}

// reference reads the reference that text starts with; one that nobody defined stays as text.
func (s *Scanner) reference(text []byte) []byte {
	const longest = 12 // "&#x0010FFFF;"
	end := bytes.IndexByte(text[:min(len(text), longest)], ';')
	if end > 1 {
		if r, ok := referenced(string(text[1:end])); ok {
			if !isChar(r) {
				s.recovered++
			}
			s.scratch = utf8.AppendRune(s.scratch, r)
			return text[end+1:]
		}
	}
	s.recovered++
	s.scratch = append(s.scratch, '&')
	return text[1:]
}

// referenced resolves what stands between "&" and ";".
func referenced(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, isNumber := strings.CutPrefix(name, "#")
	if !isNumber {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune
}

// isChar reports whether XML allows the character (XML 1.0, production 2).
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// isSpace reports whether c is white space in XML.
func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

package xmldoc

import (
	"encoding/binary"
	"math/bits"
)

// Elements look as they did at the same place of the mount before. How they looked is learned, so that one comparison finds
// a whole tag with the white space before it.

// leafShape is what stood around the text of a leaf without attributes last time: white space and start tag, end tag.
type leafShape struct{ lead, tail []byte }

// openShape is how an element with children began last time.
type openShape struct {
	lead []byte // white space and start tag, of a tag with one attribute up to the quote before its value
	name span   // of the attribute, in lead; empty if there is none
}

type span struct{ from, to int }

// longestGap is how much white space before a tag is learned with it.
const longestGap = 32

// gap returns where the white space before the tag at b[i] begins. It is false where the window does not show all of
// it, or where it is not all that stands between two tags.
func gap(b []byte, i int) (int, bool) {
	from := i
	for from > 0 && i-from < longestGap && isSpace(b[from-1]) {
		from--
	}
	return from, from > 0 && b[from-1] == '>'
}

// learnLeaf learns from a leaf without attributes, the start tag of which is b[i:k].
func (w *word) learnLeaf(b []byte, i, k int) {
	from, ok := gap(b, i)
	if w.broken || !w.kept || !ok || string(w.leaf.lead) == string(b[from:k]) {
		return
	}
	w.leaf.lead = append(w.leaf.lead[:0], b[from:k]...)
	w.leaf.tail = append(append(append(w.leaf.tail[:0], "</"...), w.name...), '>')
}

// learnOpen learns from the start tag b[i:k] of an element with children, if it has the plainest form: no attribute, or
// one in double quotes without more white space than it needs.
func (w *word) learnOpen(b []byte, i, k int, attrs []attr) {
	from, ok := gap(b, i)
	if w.broken || !w.kept || !ok || len(attrs) > 1 {
		return
	}
	end, name := i+1+len(w.name), span{}
	switch {
	case len(attrs) == 0 && end == k-1:
		end = k
	case len(attrs) == 1:
		nameEnd := end + 1 + len(attrs[0].name)
		if nameEnd+2 >= k || b[end] != ' ' || string(b[end+1:nameEnd+2]) != string(attrs[0].name)+`="` || b[k-2] != '"' {
			return
		}
		name = span{end + 1 - from, nameEnd - from}
		end = nameEnd + 2
	default:
		return
	}
	if string(w.open.lead) != string(b[from:end]) {
		w.open = openShape{append(w.open.lead[:0], b[from:end]...), name}
	}
}

// nextOpen takes the start tag of w at s.pos if it has its shape and a child follows.
func (s *Scanner) nextOpen(w *word) bool {
	b, from := s.buf[:s.end], s.pos
	k := from + len(w.open.lead)
	if k >= len(b) || len(s.stack) >= MaxDepth || string(b[from:k]) != string(w.open.lead) {
		return false
	}
	s.attrs = s.attrs[:0]
	if name := w.open.name; name.to > 0 {
		e := plainValueEnd(b, k)
		if e < 0 || e+1 >= len(b) || b[e+1] != '>' {
			return false
		}
		s.attrs = append(s.attrs, attr{b[from+name.from : from+name.to], b[k:e]})
		k = e + 2
	}
	child := k
	for child < len(b) && isSpace(b[child]) {
		child++
	}
	if child+1 >= len(b) || b[child] != '<' || b[child+1] == '/' || b[child+1] == '!' || b[child+1] == '?' {
		return false
	}
	s.pos, s.word, s.words.prev, s.text = k, w, w, nil
	s.stack = append(s.stack, w)
	s.eventDep = len(s.stack)
	return true
}

// textEnd returns where the first "<" is in b from k on, -1 if it is not in sight, and whether all before it is plain. It
// looks at eight bytes at once, and leaves the last few of b to others.
func textEnd(b []byte, k int) (end int, isPlain bool) {
	var odd uint64 // the high bit of each byte that is not plain
	for ; k+8 <= len(b); k += 8 {
		w := binary.LittleEndian.Uint64(b[k:])
		odd8 := oddBytes(w)
		if found := bytesEqual(w, '<'); found != 0 {
			odd |= odd8 & (found&-found - 1)
			return k + bits.TrailingZeros64(found)/8, odd == 0
		}
		odd |= odd8
	}
	return -1, false
}

// plainValueEnd returns where the first double quote is in b from k on, -1 if it is not in sight or what stands before it is not
// plain or no value of an attribute.
func plainValueEnd(b []byte, k int) int {
	for ; k+8 <= len(b); k += 8 {
		w := binary.LittleEndian.Uint64(b[k:])
		bad := oddBytes(w) | bytesEqual(w, '<')
		if found := bytesEqual(w, '"'); found != 0 {
			if bad&(found&-found-1) != 0 {
				return -1
			}
			return k + bits.TrailingZeros64(found)/8
		}
		if bad != 0 {
			return -1
		}
	}
	return -1
}

// bytesEqual has the high bit of the first of eight bytes that is c. Of later ones it may have too many, never too few.
func bytesEqual(w uint64, c byte) uint64 {
	diff := w ^ uint64(c)*ones
	return (diff - ones) &^ diff & highs
}

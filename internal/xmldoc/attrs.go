package xmldoc

import "bytes"

// verdict is what came of reading the attributes of a tag.
type verdict uint8

const (
	attrsRead verdict = iota
	attrsNeedMore
	attrsBroken
)

// readAttrs reads the attributes behind a tag's name, from b[k] on, into s.attrs. It returns where the tag
// ends (behind its ">") and whether it was an empty-element tag.
func (s *Scanner) readAttrs(b []byte, k int) (end int, empty bool, v verdict) {
	for {
		spaced := false
		for k < len(b) && isSpace(b[k]) {
			k++
			spaced = true
		}
		if k+1 >= len(b) && (k >= len(b) || b[k] != '>') {
			return 0, false, attrsNeedMore
		}
		switch {
		case b[k] == '>':
			return k + 1, false, attrsRead
		case b[k] == '/' && b[k+1] == '>':
			return k + 2, true, attrsRead
		case len(s.attrs) == maxAttrs:
			return 0, false, attrsBroken
		case !spaced:
			s.recovered++ // two attributes without white space between them are two all the same
		}
		name := k
		for k < len(b) && b[k] != '=' && b[k] != '>' && b[k] != '<' && b[k] != '/' && !isSpace(b[k]) {
			k++
		}
		nameEnd := k
		for k < len(b) && isSpace(b[k]) {
			k++
		}
		if k >= len(b) {
			return 0, false, attrsNeedMore
		}
		if b[k] != '=' || nameEnd == name {
			return 0, false, attrsBroken
		}
		for k++; k < len(b) && isSpace(b[k]); k++ {
		}
		if k >= len(b) {
			return 0, false, attrsNeedMore
		}
		quote := b[k]
		if quote != '"' && quote != '\'' {
			return 0, false, attrsBroken
		}
		k++
		q := bytes.IndexByte(b[k:], quote)
		if q < 0 {
			if bytes.IndexByte(b[k:], '<') >= 0 {
				return 0, false, attrsBroken
			}
			return 0, false, attrsNeedMore
		}
		value := b[k : k+q]
		if bytes.IndexByte(value, '<') >= 0 {
			return 0, false, attrsBroken
		}
		if !plain(value) {
			value = s.decode(value)
		}
		s.attrs = append(s.attrs, attr{b[name:nameEnd], value})
		k += q + 1
	}
}

package emit

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf8"
)

// Longest values, in bytes. InfluxDB 1.x refuses tag values over 64 KiB and strings over 64 KB; long tags
// are a burden on its index well before that.
const (
	maxTag    = 256
	maxString = 60_000
)

// SafeTag returns a tag value that line protocol can carry: a control character, a byte that is not UTF-8, and a backslash at the
// end become %XX, with % itself written %25 in such a value. What is still longer than 256 bytes
// is cut and ends in "~" and a hash of the whole, so that two values stay two.
func SafeTag(v string) string {
	if !safeTag(v) {
		v = escapeTag(v)
	}
	if len(v) <= maxTag {
		return v
	}
	h := fnv.New64a()
	h.Write([]byte(v))
	suffix := fmt.Sprintf("~%016x", h.Sum64())
	return v[:cutAt(v, maxTag-len(suffix))] + suffix
}

func safeTag(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < ' ' || v[i] == 0x7F {
			return false
		}
	}
	return !strings.HasSuffix(v, `\`) && utf8.ValidString(v)
}

func escapeTag(v string) string {
	var b strings.Builder
	for i := 0; i < len(v); {
		r, n := utf8.DecodeRuneInString(v[i:])
		broken := r == utf8.RuneError && n == 1
		if broken || r < ' ' || r == 0x7F || r == '%' || r == '\\' && i == len(v)-1 {
			fmt.Fprintf(&b, "%%%02X", v[i])
		} else {
			b.WriteString(v[i : i+n])
		}
		i += n
	}
	return b.String()
}

// isPlain says that a text can stand between quotes as it is.
func isPlain(v []byte) bool {
	for _, c := range v {
		if c < ' ' || c >= 0x7F || c == '"' || c == '\\' {
			return false
		}
	}
	return len(v) <= maxString
}

// safeText returns the text of a string field that stays on its line: line ends become spaces (Telegraf may read the output
// line by line), other control characters and bytes that are not UTF-8 become U+FFFD. v itself is not changed.
func safeText(v []byte) []byte {
	if len(v) > maxString {
		v = v[:cutAt(v, maxString)]
	}
	for _, c := range v {
		if c < ' ' || c >= 0x7F {
			return bytes.Map(func(r rune) rune {
				switch {
				case r == '\n' || r == '\r':
					return ' '
				case r < ' ' && r != '\t' || r == 0x7F:
					return utf8.RuneError
				}
				return r
			}, bytes.ToValidUTF8(v, []byte(string(utf8.RuneError))))
		}
	}
	return v
}

// cutAt returns the largest length of v, at most n, that splits no character.
func cutAt[T string | []byte](v T, n int) int {
	for n > 0 && !utf8.RuneStart(v[n]) {
		n--
	}
	return n
}

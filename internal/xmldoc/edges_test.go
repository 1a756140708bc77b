package xmldoc

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// odd is what plain has to find, byte by byte.
func odd(c byte) bool { return c < ' ' || c == '&' || c >= utf8.RuneSelf }

// Eight bytes at once see what one byte at a time does, whatever stands where.
func TestEightBytesAtOnceSeeWhatOneDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	letters := []byte("abc 0%'\x7f;=>xyzXYZ~!")
	special := []byte{'&', 0, 0x1F, '\t', '\n', 0x80, 0xFF, 0xC3, '<'}
	for range 200_000 {
		buf := make([]byte, 48)
		for i := range buf {
			if buf[i] = letters[random.IntN(len(letters))]; random.IntN(12) == 0 {
				buf[i] = special[random.IntN(len(special))]
			}
		}
		from := random.IntN(16)
		text := buf[from : from+random.IntN(len(buf)-from)]
		if random.IntN(2) == 0 {
			text = text[:len(text):len(text)]
		}
		run := 0
		for run < len(text) && !odd(text[run]) {
			run++
		}
		if got := plain(text); got != (run == len(text)) {
			t.Fatalf("plain(%q) is %t", text, got)
		}
		if got := plainRun(text); got != run {
			t.Fatalf("plainRun(%q) is %d, want %d", text, got, run)
		}
		end := strings.IndexByte(string(buf[from:]), '<')
		got, isPlain := textEnd(buf, from)
		switch {
		case got >= 0 && (got != from+end || isPlain != plain(buf[from:got])):
			t.Fatalf("textEnd(%q) is %d %t, want %d", buf[from:], got-from, isPlain, end)
		case got < 0 && end >= 0 && from+end < (len(buf)-from)/8*8+from:
			t.Fatalf("textEnd(%q) does not see %d", buf[from:], end)
		}
	}
}

// Every document is read the same wherever the end of the window falls in it.
func TestTheWindowMayEndAnywhere(t *testing.T) {
	fresh := func(doc string) string {
		s := NewScanner("b", "c")
		s.Reset(strings.NewReader(doc))
		return events(s)
	}
	for _, d := range documents {
		if len(d.in) > 200 || strings.HasPrefix(d.in, "\xEF\xBB\xBF") || strings.HasPrefix(d.in, "<?xml") || strings.Contains(d.want, "error") {
			continue // long ones cross the window anyway; the others have to begin the document
		}
		want := fresh("<!---->" + d.in)
		for behind := range len(d.in) + 12 {
			pad := windowSize - len("<!---->") - behind
			if got := fresh("<!--" + strings.Repeat("x", pad) + "-->" + d.in); got != want {
				t.Errorf("%s, the window ending %d bytes into it:\n%s\nwant\n%s", d.name, behind, got, want)
			}
		}
	}
}

// Several mounts, so that what was learned of one is tried on the next: each time with one thing changed.
func TestWhatWasLearnedIsNoMoreThanAGuess(t *testing.T) {
	const mount = "\n  <source>\n    <b>1</b>\n    <c>two</c>\n  </source>"
	s := NewScanner("b", "c")
	for changed, want := range map[string]string{
		mount: `2+source 3=b:"1" 3=c:"two" 2-source`,
		"\n  <source>\n   <b>1</b>\n    <c>two</c>\n  </source>":                `2+source 3=b:"1" 3=c:"two" 2-source`,
		"<source><b>1</b><c>two</c></source>":                                   `2+source 3=b:"1" 3=c:"two" 2-source`,
		"\n  <source>\n    <b>1</b >\n    <c>two</c\n>\n  </source>":            `2+source 3=b:"1" 3=c:"two" 2-source`,
		"\n  <source>\n    <b>1</b>\n    <cc>two</cc>\n  </source>":             `2+source 3=b:"1" 3=cc:"two" 2-source`,
		"\n  <source>\n    <c>two</c>\n    <b>1</b>\n  </source>":               `2+source 3=c:"two" 3=b:"1" 2-source`,
		"\n  <source>\n    <b x=\"y\">1</b>\n    <c>two</c>\n  </source>":       `2+source 3=b[x="y"]:"1" 3=c:"two" 2-source`,
		"\n  <source>\n    <b>1<d>2</d></b>\n    <c>two</c>\n  </source>":       `2+source 3+b 4=d:"2" 3-b 3=c:"two" 2-source`,
		"\n  <source>\n    <b>1&amp;2</b>\n    <c></c>\n  </source>":            `2+source 3=b:"1&2" 3=c:"" 2-source`,
		"\n  <source>\n    <b>1<!-- x -->2</b>\n    <c>two</c>\n  </source>":    `2+source 3=b:"12" 3=c:"two" 2-source`,
		"\n  <source>\n    <b/>\n    <c>a text that is longer</c>\n  </source>": `2+source 3=b:"" 3=c:"a text that is longer" 2-source`,
	} {
		plainMount := `2+source 3=b:"1" 3=c:"two" 2-source`
		doc := "<a>" + mount + mount + changed + mount + "</a>"
		s.Reset(strings.NewReader(doc))
		if got, all := events(s), "1+a "+plainMount+" "+plainMount+" "+want+" "+plainMount+" 1-a"; got != all {
			t.Errorf("%q:\n%s\nwant\n%s", changed, got, all)
		}
	}
}

// The bounds of XML 1.0's production 2.
func TestWhichCharactersXMLAllows(t *testing.T) {
	for r, want := range map[rune]bool{
		0: false, 8: false, '\t': true, '\n': true, 0xB: false, 0xC: false, '\r': true, 0xE: false, 0x1F: false, ' ': true, 0xD7FF: true, 0xD800: false,
		0xDFFF: false, 0xE000: true, 0xFFFD: true, 0xFFFE: false, 0xFFFF: false, 0x10000: true, 0x10FFFF: true, 0x110000: false,
	} {
		if got := isChar(r); got != want {
			t.Errorf("U+%04X: %t", r, got)
		}
	}
}

func TestReferencesAtTheirBounds(t *testing.T) {
	for text, want := range map[string]string{
		"&#x10FFFF;": "\U0010FFFF", "&#x110000;": "&#x110000;", "&#1114111;": "\U0010FFFF", "&#0009;": "\t", "&;": "&;", "&#;": "&#;", "&#x;": "&#x;",
		"&#x0010FFFF;": "\U0010FFFF", "&#x00010FFFF;": "&#x00010FFFF;", "&lt": "&lt", "&amp;amp;": "&amp;", "&#xE9;t&#xE9;": "été", "&": "&",
	} {
		s := NewScanner()
		s.Reset(strings.NewReader("<a>" + text + "</a>"))
		if s.Next(); string(s.Text()) != want {
			t.Errorf("%s is %q, want %q", text, s.Text(), want)
		}
	}
}

func TestWindows1252AtItsBounds(t *testing.T) {
	for in, want := range map[byte]rune{0x7E: '~', 0x80: '€', 0x9F: 'Ÿ', 0xA0: 0xA0, 0xE9: 'é', 0xFF: 'ÿ'} {
		if got := windows1252(in); got != want {
			t.Errorf("%#x is %q, want %q", in, got, want)
		}
	}
}

// Production 5 of XML 1.0, as far as names of nodes go.
func TestWhichNamesXMLAllows(t *testing.T) {
	for name, want := range map[string]bool{
		"a": true, "_": true, ":": true, "a1": true, "a-b.c": true, "a·b": true, "é": true, "e\u0301": true, "日本": true,
		"": false, "1a": false, "-a": false, ".a": false, "·a": false, "\u0301e": false, "a b": false, "a&b": false, "a\xff": false, "a\uFFFD": false,
	} {
		if got := isName([]byte(name)); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}

func TestATagMayHaveSoManyAttributes(t *testing.T) {
	for n, want := range map[int]int{maxAttrs: 0, maxAttrs + 1: 1} {
		s := NewScanner()
		s.Reset(strings.NewReader("<a><b" + strings.Repeat(" x='1'", n) + "></b></a>"))
		for s.Next() != EOF {
		}
		if got := s.Recovered(); got != want {
			t.Errorf("%d attributes are %d broken spots, want %d", n, got, want)
		}
	}
}

func TestALongGapBeforeATagIsNotLearned(t *testing.T) {
	for _, gap := range []int{0, 1, longestGap - 1, longestGap, longestGap + 1, 200} {
		space := strings.Repeat(" ", gap)
		mount := space + "<b>1</b>" + space + "<c>2</c>"
		s := NewScanner("b", "c")
		for range 3 {
			s.Reset(strings.NewReader("<a>" + mount + mount + mount + "</a>"))
			if got := events(s); got != `1+a`+strings.Repeat(` 2=b:"1" 2=c:"2"`, 3)+` 1-a` {
				t.Errorf("a gap of %d: %s", gap, got)
			}
		}
		if w := s.words.byName["c"]; len(w.leaf.lead) > longestGap+len("<c>") {
			t.Errorf("a gap of %d: %q is kept", gap, w.leaf.lead)
		}
	}
}

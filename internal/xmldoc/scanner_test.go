package xmldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// events writes a document down as the Scanner sees it, one word per event.
func events(s *Scanner) string {
	var out []string
	for {
		switch s.Next() {
		case EOF:
			if s.Truncated() {
				out = append(out, "truncated")
			}
			if s.Err() != nil {
				out = append(out, "error:"+s.Err().Error())
			}
			if n := s.Recovered(); n > 0 {
				out = append(out, fmt.Sprintf("recovered:%d", n))
			}
			return strings.Join(out, " ")
		case Open:
			out = append(out, fmt.Sprintf("%d+%s", s.Depth(), s.Name())+attrText(s))
		case Leaf:
			out = append(out, fmt.Sprintf("%d=%s%s:%q", s.Depth(), s.Name(), attrText(s), s.Text()))
		case Close:
			out = append(out, fmt.Sprintf("%d-%s", s.Depth(), s.Name()))
		}
	}
}

func attrText(s *Scanner) string {
	var b strings.Builder
	for _, a := range s.attrs {
		fmt.Fprintf(&b, "[%s=%q]", a.name, a.value)
	}
	return b.String()
}

var documents = []struct{ name, in, want string }{
	{"a tree of leaves", `<a><b>1</b><c>x</c></a>`, `1+a 2=b:"1" 2=c:"x" 1-a`},
	{"pretty printed with CRLF", "<?xml version=\"1.0\"?>\r\n<a>\r\n  <b>1</b>\r\n</a>\r\n", `1+a 2=b:"1" 1-a`},
	{"a byte order mark", "\xEF\xBB\xBF<a><b>1</b></a>", `1+a 2=b:"1" 1-a`},
	{"an empty root", `<icestats/>`, `1=icestats:""`},
	{"an empty root, written out", `<icestats></icestats>`, `1=icestats:""`},
	{"an empty element without attributes is a leaf", `<a><b/><c /></a>`, `1+a 2=b:"" 2=c:"" 1-a`},
	{"an empty element with attributes is opened and closed", `<a><s n="1"/></a>`, `1+a 2+s[n="1"] 2-s 1-a`},
	{"attributes in both quotes, with spaces", `<a><s  n = '1"' m="2'" >x</s></a>`, `1+a 2=s[n="1\""][m="2'"]:"x" 1-a`},
	{"references", `<a><b>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#xE9;&#x1F4FB;</b></a>`, `1+a 2=b:"<>&\"'ABé📻" 1-a`},
	{"references in attributes", `<a><s n="&quot;&#10;&lt;">x</s></a>`, `1+a 2=s[n="\"\n<"]:"x" 1-a`},
	{"CDATA", `<a><b>x<![CDATA[<&]]>y</b></a>`, `1+a 2=b:"x<&y" 1-a`},
	{"comments", `<!-- a --><a><!-- <b>0</b> --><b>1<!-- - -->2</b></a><!-- z -->`, `1+a 2=b:"12" 1-a`},
	{"processing instructions", `<a><?php <b> ?><b>1<?x?>2</b></a>`, `1+a 2=b:"12" 1-a`},
	{"line ends are normalised, tabs stay", "<a><b>1\r\n2\r3\t4</b></a>", `1+a 2=b:"1\n2\n3\t4" 1-a`},
	{"mixed content is passed over", `<a>x<b>1</b>y</a>`, `1+a 2=b:"1" 1-a`},
	{"space in an end tag", "<a><b>1</b ></a\n>", `1+a 2=b:"1" 1-a`},
	{"prefixes belong to the name", `<x:a xmlns:x="u"><x:b>1</x:b></x:a>`, `1+x:a[xmlns:x="u"] 2=x:b:"1" 1-x:a`},
	{"UTF-8", `<a><b>Ünï📻</b></a>`, `1+a 2=b:"Ünï📻" 1-a`},
	{"Latin-1", "<?xml version='1.0' encoding='ISO-8859-1'?><a><b>caf\xE9</b></a>", `1+a 2=b:"café" 1-a`},
	{"windows-1252", "<?xml version='1.0' encoding=\"windows-1252\"?><a><b>\x80</b></a>", `1+a 2=b:"€" 1-a`},

	// Broken, and read around.
	{"a control character stays and is counted", "<a><b>x\x01y</b><c>1</c></a>", `1+a 2=b:"x\x01y" 2=c:"1" 1-a recovered:1`},
	{"a control character in an attribute", "<a><s m=\"/\x01\"><b>1</b></s></a>", `1+a 2+s[m="/\x01"] 3=b:"1" 2-s 1-a recovered:1`},
	{"a reference to a control character", `<a><b>x&#1;</b></a>`, `1+a 2=b:"x\x01" 1-a recovered:1`},
	{"invalid UTF-8 stays and is counted", "<a><b>caf\xE9</b></a>", `1+a 2=b:"caf\xe9" 1-a recovered:1`},
	{"an entity that nobody defined", `<a><b>x;a=&foo;</b><c>&y</c></a>`, `1+a 2=b:"x;a=&foo;" 2=c:"&y" 1-a recovered:2`},
	{"a name with a space", `<a><album artist>Various</album artist><c>1</c></a>`, `1+a 2=c:"1" 1-a recovered:1`},
	{"a name with a space around elements", `<a><x y><c>1</c></x y><d>2</d></a>`, `1+a 2+x 3=c:"1" 2-x 2=d:"2" 1-a recovered:2`},
	{"a name that begins with a digit", `<a><9lives>x</9lives><c>1</c></a>`, `1+a 2=9lives:"x" 2=c:"1" 1-a recovered:1`},
	{"a name with a less-than sign", `<a><ice-1<2>3</ice-1<2><c>1</c></a>`, `1+a 2=c:"1" 1-a recovered:1`},
	{"a name that ends in a slash", `<a><x/>1</x/><c>1</c></a>`, `1+a 2=x:"" 2=c:"1" 1-a recovered:1`},
	{"a name that begins with a slash", `<a><s><s2>1</s2></s>x<//s><c>1</c></a>`, `1+a 2+s 3=s2:"1" 2-s 2=c:"1" 1-a recovered:1`},
	{"a name like a comment", `<a><!-- >1</!-- ><c>1</c></a>`, `1+a 2=c:"1" 1-a recovered:2`},
	{"a name like a CDATA section", `<a><![CDATA[>1</![CDATA[><c>1</c></a>`, `1+a 2=c:"1" 1-a recovered:2`},
	{"a name like an instruction", `<a><?x>1</?x><c>1</c></a>`, `1+a 2=c:"1" 1-a recovered:2`},
	{"a declaration inside", `<a><!ELEMENT b><c>1</c></a>`, `1+a 2=c:"1" 1-a recovered:1`},
	{"an end tag that closes nothing", `<a></b><c>1</c></a>`, `1+a 2=c:"1" 1-a recovered:1`},
	{"an end tag that closes two", `<a><b><c>1</c><d></b><e>2</e></a>`, `1+a 2+b 3=c:"1" 3+d 2-b 2=e:"2" 1-a recovered:1`},
	{"an attribute without quotes", `<a><s m=/x><b>1</b></s><c>1</c></a>`, `1+a 2+s 3=b:"1" 2-s 2=c:"1" 1-a recovered:1`},
	{"an attribute that runs into the next tag", `<a><s m="/x<s m="/y"><b>1</b></s></a>`, `1+a 2+s[m="/y"] 3=b:"1" 2-s 1-a recovered:1`},
	{"a second root", `<a><b>1</b></a><a><b>2</b></a>`, `1+a 2=b:"1" 1-a recovered:1`},
	{"text behind the root", `<a><b>1</b></a> </p>`, `1+a 2=b:"1" 1-a recovered:1`},
	{"text before the root", `x<a><b>1</b></a>`, `1+a 2=b:"1" 1-a recovered:1`},

	// Cut off.
	{"nothing", ``, `truncated recovered:1`},
	{"white space", " \n", `truncated recovered:1`},
	{"cut between elements", `<a><b>1</b>`, `1+a 2=b:"1" truncated recovered:1`},
	{"cut in a text", `<a><b>1</b><c>12`, `1+a 2=b:"1" truncated recovered:1`},
	{"cut in a name", `<a><b>1</b><c`, `1+a 2=b:"1" truncated recovered:1`},
	{"cut in an end tag", `<a><b>1</b><c>1</c`, `1+a 2=b:"1" truncated recovered:1`},
	{"cut in an attribute", `<a><b>1</b><s mount="/caf`, `1+a 2=b:"1" truncated recovered:1`},
	{"cut in a comment", `<a><b>1</b><!-- x`, `1+a 2=b:"1" truncated recovered:2`},

	// Refused.
	{"a DOCTYPE", `<!DOCTYPE html><html></html>`, `truncated error:` + ErrDoctype.Error()},
	{"UTF-16", "\xFF\xFE<\x00a\x00>\x00", `truncated error:` + ErrEncoding.Error()},
	{"UTF-16 without a mark", "\x00<\x00a", `truncated error:` + ErrEncoding.Error()},
	{"more than 64 levels", strings.Repeat("<a>", 66), strings.TrimSpace(levels(64)) + ` truncated error:` + ErrTooDeep.Error()},
}

func levels(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "%d+a ", i)
	}
	return b.String()
}

func TestDocuments(t *testing.T) {
	s := NewScanner("b", "c")
	for _, d := range documents {
		t.Run(d.name, func(t *testing.T) {
			s.Reset(strings.NewReader(d.in))
			if got := events(s); got != d.want {
				t.Errorf("document %q\n got  %s\n want %s", d.in, got, d.want)
			}
		})
	}
}

func TestGivesTheSameHoweverTheBytesArrive(t *testing.T) {
	for _, d := range documents {
		readers := map[string]io.Reader{
			"byte by byte":        iotest.OneByteReader(strings.NewReader(d.in)),
			"halves":              iotest.HalfReader(strings.NewReader(d.in)),
			"end with the data":   iotest.DataErrReader(strings.NewReader(d.in)),
			"behind a big window": io.MultiReader(strings.NewReader(strings.Repeat(" ", 3*windowSize)), strings.NewReader(d.in)),
		}
		for how, r := range readers {
			if how == "behind a big window" && strings.HasPrefix(d.in, "\xEF\xBB\xBF") || strings.HasPrefix(d.in, "\xFF") || strings.HasPrefix(d.in, "\x00") {
				continue // a mark counts at the very beginning only
			}
			s := NewScanner("b", "c")
			s.Reset(r)
			if got := events(s); got != d.want {
				t.Errorf("%s, %s\n got  %s\n want %s", d.name, how, got, d.want)
			}
		}
	}
}

func TestElementsMayStandAcrossWindows(t *testing.T) {
	for shift := range 64 {
		doc := "<a>" + strings.Repeat(" ", windowSize-40+shift) + "<s m=\"x\x01\"><b>1&amp;2</b><c>a<!-- - -->b</c></s></a>"
		s := NewScanner("b")
		s.Reset(strings.NewReader(doc))
		if got, want := events(s), `1+a 2+s[m="x\x01"] 3=b:"1&2" 3=c:"ab" 2-s 1-a recovered:1`; got != want {
			t.Fatalf("shift %d\n got  %s\n want %s", shift, got, want)
		}
	}
}

func TestOneElementMayFillAMegabyteAndNoMore(t *testing.T) {
	s := NewScanner()
	s.Reset(strings.NewReader("<a><b>" + strings.Repeat("x", MaxElement-100) + "</b></a>"))
	if s.Next(); s.Next() != Leaf || len(s.Text()) != MaxElement-100 {
		t.Errorf("a text just below the limit was not read: %v", s.Err())
	}
	s.Reset(strings.NewReader("<a><b>" + strings.Repeat("x", MaxElement+1) + "</b></a>"))
	if events(s); !errors.Is(s.Err(), ErrTooLarge) {
		t.Errorf("a text above the limit: error %v, want %v", s.Err(), ErrTooLarge)
	}
}

func TestReadersErrorComesAfterWhatWasReadWhole(t *testing.T) {
	broken := errors.New("connection reset")
	s := NewScanner()
	s.Reset(io.MultiReader(strings.NewReader(`<a><b>1</b><c>2`), iotest.ErrReader(broken)))
	if got, want := events(s), `1+a 2=b:"1" truncated error:connection reset recovered:1`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReaderThatGivesNothingForEverIsGivenUp(t *testing.T) {
	s := NewScanner()
	s.Reset(idle{})
	if events(s); !errors.Is(s.Err(), io.ErrNoProgress) {
		t.Errorf("error %v, want %v", s.Err(), io.ErrNoProgress)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestIDsFollowTheNamesGiven(t *testing.T) {
	s := NewScanner("b", "c")
	s.Reset(strings.NewReader(`<a><c>1</c><b>1</b><x>1</x><C>1</C></a>`))
	var ids []int
	for kind := s.Next(); kind != EOF; kind = s.Next() {
		if kind == Leaf {
			ids = append(ids, s.ID())
		}
	}
	if fmt.Sprint(ids) != "[2 1 0 0]" {
		t.Errorf("IDs %v, want [2 1 0 0]", ids)
	}
}

func TestNamesWithoutEndAreNotRememberedWithoutEnd(t *testing.T) {
	var doc bytes.Buffer
	doc.WriteString("<a>")
	for i := range 10 * maxWords {
		fmt.Fprintf(&doc, "<n%d>1</n%d>", i, i)
	}
	doc.WriteString("<b>1</b></a>")
	s := NewScanner("b")
	s.Reset(&doc)
	leaves := 0
	for kind := s.Next(); kind != EOF; kind = s.Next() {
		if kind == Leaf {
			leaves++
		}
	}
	if leaves != 10*maxWords+1 || len(s.words.byName) > maxWords {
		t.Errorf("%d leaves read, %d words kept; want %d read and at most %d kept", leaves, len(s.words.byName), 10*maxWords+1, maxWords)
	}
}

func TestAWarmScannerAllocatesNothing(t *testing.T) {
	doc := []byte("<?xml version=\"1.0\"?><a>" + strings.Repeat(`<s m="/x"><b>1</b><c>&#xE9;</c></s>`, 1000) + "</a>")
	s := NewScanner("b", "c")
	r := bytes.NewReader(nil)
	read := func() {
		r.Reset(doc)
		s.Reset(r)
		for s.Next() != EOF {
		}
	}
	read()
	if n := testing.AllocsPerRun(10, read); n > 0 {
		t.Errorf("%v allocations a document, want none", n)
	}
}

func TestInt(t *testing.T) {
	for in, want := range map[string]int64{"0": 0, "12": 12, " 7\n": 7, "-3": -3, "007": 7, "999999999999999999": 999999999999999999} {
		if got, ok := Int([]byte(in)); !ok || got != want {
			t.Errorf("Int(%q) = %d, %v; want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", " ", "-", "1.0", "unlimited", "+1", "1 2", "0x1", "１", "9999999999999999999"} {
		if got, ok := Int([]byte(in)); ok {
			t.Errorf("Int(%q) = %d, want none", in, got)
		}
	}
}

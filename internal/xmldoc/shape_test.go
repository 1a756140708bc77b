package xmldoc

import (
	"strings"
	"testing"
	"testing/iotest"
)

// mounts are forms in which one and the same element may come, plain ones and odd ones.
var mounts = []string{
	`<m n="/a"><b>1</b><c>2</c></m>`,
	`<m n="/a &amp; b"><b>x</b></m>`,
	`<m n='/a'><b>1</b></m>`,
	`<m n='a"b'><b>1</b></m>`,
	`<m  n="/a"><b>1</b></m>`,
	`<m n="/a" ><b>1</b></m>`,
	`<m n = "/a"><b>1</b></m>`,
	`<m n="/é"><b>1</b></m>`,
	`<m n="/a>b"><b>1</b></m>`,
	"<m n=\"/a\x01\"><b>1</b></m>",
	`<m n="/a<b"><b>1</b></m>`,
	`<m n="/a" o="2"><b>1</b></m>`,
	`<m n="/a" n="/b"><b>1</b></m>`,
	`<m other="/a"><b>1</b></m>`,
	`<m n=""><b>1</b></m>`,
	`<m><b>1</b></m>`,
	`<m ><b>1</b></m>`,
	`<m></m>`, `<m/>`, `<m n="/a"/>`, `<m n="/a"></m>`,
	`<m>text</m>`, `<m n="/a">text</m>`, `<m n="/a">text<b>1</b></m>`,
	"\n  <m n=\"/a\">\n    <b>1</b>\n    <c>2</c>\n  </m>\n",
	`<m n="/a"><!-- no child --></m>`,
	`<m n="/a"><!-- and one --><b>1</b></m>`,
	`<m n="/a"> <?pi?> <b>1</b></m>`,
	`<m n="/a"><![CDATA[<b>]]></m>`,
	`<m n="/a"> </m>`,
	`<m n="/a"><m n="/inner"><b>1</b></m></m>`,
	`<m n="/a"><b></b><c/></m>`,
	`<m n="/a"><c>2</c><b>1</b></m>`,
	`<m n="/a"><b x="1">1</b></m>`,
	`<mm n="/a"><b>1</b></mm>`,
	`<m n="/a"><b>1</b></m >`,
	`<b>1</b>`, `<b><c>1</c></b>`,
}

// What was learned of one mount changes nothing of what is read of the next one: mounts behind each other give what each gives
// alone, also where the window ends anywhere in them.
func TestWhatIsLearnedOfAMountChangesNothingOfTheNext(t *testing.T) {
	alone := map[string]string{}
	broken := map[string]int{}
	for _, m := range mounts {
		s := NewScanner("m", "b")
		s.Reset(strings.NewReader("<r>" + m + "</r>"))
		alone[m] = inside(events(s))
		broken[m] = s.Recovered()
	}
	for _, first := range mounts {
		for _, then := range mounts {
			doc := "<r>" + first + then + first + then + then + "</r>"
			want := strings.Join([]string{alone[first], alone[then], alone[first], alone[then], alone[then]}, " ")
			s := NewScanner("m", "b")
			s.Reset(strings.NewReader(doc))
			again := inside(events(s))
			s.Reset(iotest.OneByteReader(strings.NewReader(doc)))
			for _, got := range []string{again, inside(events(s))} {
				if got != want {
					t.Fatalf("%s\ngot  %s\nwant %s", doc, got, want)
				}
			}
			if got := s.Recovered(); got != 2*broken[first]+3*broken[then] {
				t.Fatalf("%s\n%d broken spots, want %d", doc, got, 2*broken[first]+3*broken[then])
			}
		}
	}
}

// inside is events without the root and what is said at the end.
func inside(events string) string {
	_, events, _ = strings.Cut(events, "1+r ")
	events, _, _ = strings.Cut(events, "1-r")
	return strings.TrimSuffix(events, " ")
}

// The window ends at every place of a mount in turn, with what was learned of those before.
func TestATagThatTheWindowCutsIsReadWhole(t *testing.T) {
	const mount = `<m n="/live.mp3"><b>12</b><c>x</c></m>`
	want := `2+m[n="/live.mp3"] 3=b:"12" 3=c:"x" 2-m`
	s := NewScanner("m", "b")
	for shift := range 2 * len(mount) {
		n := 2 * windowSize / len(mount)
		s.Reset(strings.NewReader("<r><i>" + strings.Repeat("x", shift) + "</i>" + strings.Repeat(mount, n) + "</r>"))
		_, got, _ := strings.Cut(events(s), `" `)
		if got != strings.Repeat(want+" ", n)+"1-r" {
			t.Fatalf("shifted by %d: something is lost", shift)
		}
	}
}

func TestWhichStartTagsAreLearned(t *testing.T) {
	for _, c := range []struct{ doc, lead, name string }{
		{`<r><m n="/a"><b>1</b></m></r>`, `<m n="`, "n"},
		{"<r>\n <m n=\"/a\"><b>1</b></m></r>", "\n <m n=\"", "n"},
		{`<r><m mount="/a"> <b>1</b></m></r>`, `<m mount="`, "mount"},
		{`<r><m><b>1</b></m></r>`, `<m>`, ""},
		{`<r><m n='/a'><b>1</b></m></r>`, "", ""},
		{`<r><m n="/a" ><b>1</b></m></r>`, "", ""},
		{`<r><m  n="/a"><b>1</b></m></r>`, "", ""},
		{`<r><m n ="/a"><b>1</b></m></r>`, "", ""},
		{`<r><m n="/a" o="1"><b>1</b></m></r>`, "", ""},
		{`<r><m ><b>1</b></m></r>`, "", ""},
		{`<r>text<m><b>1</b></m></r>`, "", ""},
		{`<r><m>1</m></r>`, "", ""},
	} {
		s := NewScanner("m", "b")
		s.Reset(strings.NewReader(c.doc))
		events(s)
		shape := s.words.byName["m"].open
		if name := string(shape.lead[shape.name.from:shape.name.to]); string(shape.lead) != c.lead || name != c.name {
			t.Errorf("%s: learned %q with the attribute %q, want %q with %q", c.doc, shape.lead, name, c.lead, c.name)
		}
	}
}

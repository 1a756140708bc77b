package xmldoc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// element is a document as a tree: what both readers must agree on. Text counts where there are no children.
type element struct {
	Name     string
	Attrs    []string
	Text     string
	Children []*element
}

func (e *element) String() string {
	return fmt.Sprintf("<%s %q>%q%v", e.Name, e.Attrs, e.Text, e.Children)
}

// ours reads a document with a Scanner.
func ours(s *Scanner, doc []byte) (*element, error) {
	s.Reset(bytes.NewReader(doc))
	top := &element{}
	open := []*element{top}
	add := func() *element {
		e := &element{Name: s.Name(), Text: string(s.Text())}
		for _, a := range s.attrs {
			e.Attrs = append(e.Attrs, string(a.name)+"="+string(a.value))
		}
		parent := open[len(open)-1]
		parent.Children = append(parent.Children, e)
		return e
	}
	for {
		switch s.Next() {
		case Open:
			open = append(open, add())
		case Leaf:
			add()
		case Close:
			open = open[:s.Depth()]
		case EOF:
			if s.Err() != nil {
				return nil, s.Err()
			}
			if s.Truncated() {
				return nil, io.ErrUnexpectedEOF
			}
			return top.Children[0], nil
		}
	}
}

// theirs reads the first element with encoding/xml, names as they stand in the document. A nil
// element without error is a document that this project does not want to read (see the package comment).
func theirs(doc []byte) (*element, error) {
	strict, raw := xml.NewDecoder(bytes.NewReader(doc)), xml.NewDecoder(bytes.NewReader(doc))
	top := &element{}
	open := []*element{top}
	for {
		if _, err := strict.Token(); err != nil {
			return nil, err
		}
		token, err := raw.RawToken()
		if err != nil {
			return nil, err
		}
		parent := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			e := &element{Name: rawName(t.Name)}
			for _, a := range t.Attr {
				e.Attrs = append(e.Attrs, rawName(a.Name)+"="+a.Value)
			}
			parent.Children = append(parent.Children, e)
			open = append(open, e)
			if len(open) > MaxDepth || len(t.Attr) > maxAttrs {
				return nil, nil
			}
		case xml.EndElement:
			if open = open[:len(open)-1]; len(parent.Children) > 0 {
				parent.Text = ""
			}
			if len(open) == 1 {
				return top.Children[0], nil
			}
		case xml.CharData:
			parent.Text += string(t)
		case xml.Directive:
			return nil, nil
		}
	}
}

func rawName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// FuzzAgainstEncodingXML holds the Scanner against encoding/xml: what that accepts must give the
// same elements, attributes and texts here.
func FuzzAgainstEncodingXML(f *testing.F) {
	for _, d := range documents {
		f.Add([]byte(d.in))
	}
	for _, doc := range captures(f) {
		f.Add(doc)
	}
	s := NewScanner("b", "c", "source", "listeners")
	f.Fuzz(func(t *testing.T, doc []byte) {
		want, err := theirs(doc)
		got, ourErr := ours(s, doc)
		if err != nil || want == nil {
			return
		}
		if ourErr != nil {
			if errors.Is(ourErr, ErrEncoding) || errors.Is(ourErr, ErrDoctype) {
				return
			}
			t.Fatalf("encoding/xml reads %q, we do not: %v", doc, ourErr)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("document %q\nours   %v\ntheirs %v", doc, got, want)
		}
	})
}

// captures are documents of real servers, from the test cases of the plugins.
func captures(tb testing.TB) map[string][]byte {
	tb.Helper()
	docs := map[string][]byte{}
	files, err := filepath.Glob("../../plugins/inputs/*/testcases/*/*.xml")
	if err != nil {
		tb.Fatal(err)
	}
	for _, file := range files {
		doc, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		docs[strings.TrimPrefix(file, "../../plugins/inputs/")] = doc
	}
	return docs
}

func TestReadsRealDocumentsAsEncodingXMLDoes(t *testing.T) {
	s := NewScanner("source", "listeners")
	agreed := 0
	for name, doc := range captures(t) {
		want, err := theirs(doc)
		if err != nil || want == nil {
			continue // read by us alone; the plugins' golden files say with which result
		}
		got, err := ours(s, doc)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nours   %v\ntheirs %v", name, got, want)
		}
		agreed++
	}
	if agreed == 0 {
		t.Error("no capture was compared")
	}
}

package icecast

import (
	"errors"
	"fmt"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/xmldoc"
)

// verdict is how well a document was read.
type verdict struct {
	Whole     bool // its end was read: what it does not list is not there
	Recovered int  // broken spots that were read around
	Dropped   int  // numbers that were refused
}

// What is wrong with a document that is an Icecast document after all.
var (
	errTruncated     = errors.New("document ends in the middle; what was read whole is kept")
	errNotListmounts = errors.New("the server answered with its stats instead of its list of mounts")
)

// judge says how well the scanner read the document, after its last event. An error says that something is wrong with it, not
// that nothing of it is good.
func (v *verdict) judge(s *xmldoc.Scanner, root string) error {
	v.Recovered = s.Recovered()
	v.Whole = !s.Truncated() && root == rootElement
	switch {
	case s.Err() != nil:
		return s.Err()
	case root == "":
		return fmt.Errorf("not an Icecast document: no XML element in it")
	case root != rootElement:
		return fmt.Errorf("not an Icecast document: <%.40s> instead of <%s>; is this the base URL of an Icecast server?", root, rootElement)
	case s.Truncated():
		return errTruncated
	case v.Recovered > 0:
		return fmt.Errorf("document is not well-formed; broken spots that were read around: %d", v.Recovered)
	}
	return nil
}

// rootElement is the root of every document of the admin interface (admin.c in all families).
const rootElement = "icestats"

// levels of the elements that are read
const (
	atRoot   = 1 // <icestats>
	atGlobal = 2 // its children: globals and <source>
	atNode   = 3 // children of <source>
)

// count reads a number of listeners, connections or bytes. One that does not parse, is negative or has wrapped below zero is
// refused and counted in v.
func (v *verdict) count(text []byte, most int64) int64 {
	n, ok := xmldoc.Int(text)
	if !ok || n < 0 || n > most {
		v.Dropped++
		return unknown
	}
	return n
}

const (
	unknown  = -1 // a number that is absent or was refused
	maxCount = 1<<31 - 1
	maxBytes = 1<<63 - 1
)

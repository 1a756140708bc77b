package wowza

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/xmldoc"
)

// connectionCounts is the answer of Wowza's HTTP provider HTTPConnectionCountsXML: every connection counter of the server,
// its virtual hosts, their applications and instances, and the sessions of every stream by protocol.
//
//	<WowzaStreamingEngine>                       WowzaMediaServer in versions 2 and 3
//	  counters
//	  <VHost> Name TimeRunning ConnectionsLimit counters
//	    <Application> Name Status TimeRunning counters
//	      <ApplicationInstance> Name TimeRunning counters
//	        <Stream> Name SessionsFlash … SessionsTotal </Stream> …
//
// The element Name stands at four levels, so a reader goes by what is inside what. Names are form-encoded (java.net.URLEncoder),
// rates and times are Java doubles. The flat form, `?flat` or isFlat in VHost.xml, has streams only, directly below the root,
// with everything in attributes. Both forms are told apart by what is there.
type connectionCounts struct {
	Whole     bool // its end was read: what it does not list is not there
	Recovered int  // broken spots that were read around
	Dropped   int  // numbers that were refused

	Entries []entry
	Streams []streamEntry

	scanner *xmldoc.Scanner
	texts   []byte
	extras  []string // field names of Sessions* elements beyond the known ones
}

// level is a level of the nested form.
type level uint8

const (
	server level = iota
	vhost
	application
	instance
	streamLevel
	levels
)

// levelNames are the values of the levels option, and the tags of the entries' names.
var levelNames = [levels]string{"server", "vhost", "application", "instance", "stream"}

// entry is one server, vhost, application or instance.
type entry struct {
	Level   level
	Names   [streamLevel][]byte // decoded, of this level and those around it; the server has none
	Counts  [counts]int64       // unknown if absent or refused
	InRate  float64             // bytes per second; NaN if absent or refused
	OutRate float64
	Uptime  float64 // seconds
	read    bool    // all of its counters have been read
}

// streamEntry is one stream of one instance.
type streamEntry struct {
	Names    [streamLevel][]byte // decoded vhost, application, instance; index by level
	Name     []byte              // decoded
	Total    int64               // SessionsTotal
	Sessions [maxProtocols]int64 // by protocol, unknown if absent
}

// Counters of an entry.
const (
	current = iota
	total
	accepted
	rejected
	limit
	counts
)

const (
	unknown      = -1
	maxCount     = 1<<31 - 1
	maxLong      = 1<<63 - 1
	maxProtocols = 16 // Sessions* elements that are told apart; Wowza has six
)

// errTruncated is what is wrong with a document that just ends: Wowza's provider sends one, with status 200, when it
// fails while building it.
var errTruncated = errors.New("document ends in the middle; what was read whole is kept")

// read replaces the document with that of r. What was read is good also with an error.
func (d *connectionCounts) read(r io.Reader) error {
	d.scanner.Reset(r)
	*d = connectionCounts{
		Entries: d.Entries[:0], Streams: d.Streams[:0],
		scanner: d.scanner, texts: d.texts[:0], extras: d.extras,
	}
	root := (&reader{doc: d, s: d.scanner}).elements()
	return d.judge(root)
}

// judge says how well the document was read. Its root may have any name, since providers compiled from Wowza's example have
// that of another version; so what makes it a document of Wowza is what is in it.
func (d *connectionCounts) judge(root string) error {
	s := d.scanner
	d.Recovered = s.Recovered()
	isWowza := len(d.Entries) > 0 || len(d.Streams) > 0 || strings.HasPrefix(root, "Wowza")
	d.Whole = !s.Truncated() && isWowza
	switch {
	case s.Err() != nil:
		return s.Err()
	case root == "":
		return errors.New("not a connection counts document: no XML element in it")
	case !isWowza:
		return fmt.Errorf("not a connection counts document: <%.40s> has no counters in it; is this the port of the HTTP provider (8086)?", root)
	case s.Truncated():
		return errTruncated
	case d.Recovered > 0:
		return fmt.Errorf("document is not well-formed; broken spots that were read around: %d", d.Recovered)
	}
	return nil
}

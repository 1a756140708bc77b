package wowza

import (
	"math"
	"strconv"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/xmldoc"
)

// reader walks through one document. Levels are told by the names of their elements and by what is inside what, not by a depth:
// a document that someone has put into an element of his own, or taken a level out of, is read like Wowza's own.
type reader struct {
	doc   *connectionCounts
	s     *xmldoc.Scanner
	inner level            // the innermost open level
	at    [levels]int      // depth of the open element of a level, 0 if there is none
	path  [streamLevel]int // indexes of the open entries + 1, by level
}

// IDs of the elements, in the order of elementNames.
const (
	idStream = iota + 1
	idName
	idFlash
	idCupertino
	idSanJose
	idSmooth
	idRTSP
	idMPEGDash
	idTotal
	idInstance
	idApplication
	idVHost
	idCurrent
	idConnections
	idAccepted
	idRejected
	idLimit
	idIn
	idOut
	idTime
)

// elementNames are what the provider writes (docs of HTTPConnectionCountsXML).
var elementNames = []string{
	"Stream", "Name", "SessionsFlash", "SessionsCupertino", "SessionsSanJose", "SessionsSmooth", "SessionsRTSP", "SessionsMPEGDash", "SessionsTotal",
	"ApplicationInstance", "Application", "VHost",
	"ConnectionsCurrent", "ConnectionsTotal", "ConnectionsTotalAccepted", "ConnectionsTotalRejected", "ConnectionsLimit",
	"MessagesInBytesRate", "MessagesOutBytesRate", "TimeRunning",
}

// levelOf returns the level that an element makes, server if it makes none.
func levelOf(id int) level {
	switch id {
	case idVHost:
		return vhost
	case idApplication:
		return application
	case idInstance:
		return instance
	case idStream:
		return streamLevel
	}
	return server
}

// protocols are the fields of the known Sessions* elements, by their index in streamEntry.Sessions.
var protocols = [...]string{"flash", "cupertino", "sanjose", "smooth", "rtsp", "mpegdash"}

func newConnectionCounts() *connectionCounts {
	return &connectionCounts{scanner: xmldoc.NewScanner(elementNames...)}
}

// elements reads the document and returns the name of its root.
func (r *reader) elements() (root string) {
	for {
		switch r.s.Next() {
		case xmldoc.Leaf:
			switch depth := r.s.Depth(); {
			case depth == 1:
				root = r.s.Name()
			case depth != r.at[r.inner]+1:
			case r.inner == streamLevel:
				r.streamNode(r.s.ID(), r.s.Text())
			default:
				r.entryNode(r.inner, r.s.ID(), r.s.Text())
			}
		case xmldoc.Open:
			if r.s.Depth() == 1 {
				root = r.s.Name()
				r.at[server] = 1
			} else {
				r.begin()
			}
		case xmldoc.Close:
			r.end()
		case xmldoc.EOF:
			r.doc.keepRead(r.inner == streamLevel)
			return root
		}
	}
}

// begin opens what may be a level. A stream with attributes is one of the flat form, whole in its tag.
func (r *reader) begin() {
	r.counted()
	l := levelOf(r.s.ID())
	switch {
	case l <= r.inner: // no level, or one in a level where it does not belong
		return
	case l < streamLevel:
		r.entry(l)
		r.path[l] = len(r.doc.Entries)
	case r.flatStream():
		return
	default:
		r.stream()
	}
	r.inner, r.at[l] = l, r.s.Depth()
}

// counted notes that the counters of the innermost entry have all been read: its first child begins, or it ends.
func (r *reader) counted() {
	if r.inner < streamLevel && r.path[r.inner] > 0 {
		r.doc.Entries[r.path[r.inner]-1].read = true
	}
}

// end closes the levels that end with the current element. A stream that another element closed was cut off.
func (r *reader) end() {
	for depth := r.s.Depth(); r.at[r.inner] >= depth; {
		r.counted()
		if r.inner == streamLevel {
			if r.at[streamLevel] > depth || len(r.open().Name) == 0 {
				r.doc.dropStream()
			}
		} else {
			r.path[r.inner] = 0
		}
		r.at[r.inner] = 0
		for r.inner > server && r.at[r.inner] == 0 {
			r.inner--
		}
	}
}

// open is the open stream, the last one of the document.
func (r *reader) open() *streamEntry { return &r.doc.Streams[len(r.doc.Streams)-1] }

// entry appends an entry of a level, with the names of those around it.
func (r *reader) entry(l level) {
	e := entry{Level: l, InRate: math.NaN(), OutRate: math.NaN(), Uptime: math.NaN()}
	for i := range e.Counts {
		e.Counts[i] = unknown
	}
	if l > server {
		e.Names = r.around(l)
	}
	r.doc.Entries = append(r.doc.Entries, e)
}

// around returns the names of the entries around a level.
func (r *reader) around(l level) (names [streamLevel][]byte) {
	for o := l - 1; o > server; o-- {
		if r.path[o] > 0 {
			return r.doc.Entries[r.path[o]-1].Names
		}
	}
	return names
}

// stream appends a stream, in place: an entry is large, and there are many.
func (r *reader) stream() *streamEntry {
	d := r.doc
	if n := len(d.Streams); n < cap(d.Streams) {
		d.Streams = d.Streams[:n+1]
	} else {
		d.Streams = append(d.Streams, streamEntry{})
	}
	e := &d.Streams[len(d.Streams)-1]
	e.Names, e.Name, e.Total = r.around(streamLevel), nil, unknown
	for i := range e.Sessions {
		e.Sessions[i] = unknown
	}
	return e
}

// dropStream takes the last stream away.
func (d *connectionCounts) dropStream() { d.Streams = d.Streams[:len(d.Streams)-1] }

// entryNode takes one counter. The server's entry begins with its first one: the flat form has none.
func (r *reader) entryNode(l level, id int, text []byte) {
	if id < idName || id > idName && id < idCurrent {
		return
	}
	if l == server && r.path[server] == 0 {
		r.entry(server)
		r.path[server] = len(r.doc.Entries)
	}
	if r.path[l] == 0 {
		return
	}
	e := &r.doc.Entries[r.path[l]-1]
	switch id {
	case idName:
		if l > server {
			e.Names[l] = r.doc.decode(text)
		}
	case idIn:
		e.InRate = r.doc.double(text)
	case idOut:
		e.OutRate = r.doc.double(text)
	case idTime:
		e.Uptime = r.doc.double(text)
	case idCurrent, idLimit:
		e.Counts[id-idCurrent] = r.doc.count(text, maxCount)
	default:
		e.Counts[id-idCurrent] = r.doc.count(text, maxLong)
	}
}

// streamNode takes one child of the open stream.
func (r *reader) streamNode(id int, text []byte) {
	e := r.open()
	switch {
	case id == idName:
		e.Name = r.doc.decode(text)
	case id == idTotal:
		e.Total = r.doc.count(text, maxCount)
	case id >= idFlash && id <= idMPEGDash:
		e.Sessions[id-idFlash] = r.doc.count(text, maxCount)
	case id == 0:
		if i := r.doc.extra(r.s.Name(), "Sessions"); i >= 0 {
			e.Sessions[i] = r.doc.count(text, maxCount)
		}
	}
}

// count reads a counter; see unknown.
func (d *connectionCounts) count(text []byte, most int64) int64 {
	n, ok := xmldoc.Int(text)
	if !ok || n < 0 || n > most {
		d.Dropped++
		return unknown
	}
	return n
}

// double reads what Java's Double.toString wrote: 594420.0, 1.3341501E7, and NaN or Infinity, which nobody can draw.
func (d *connectionCounts) double(text []byte) float64 {
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) || v < 0 {
		d.Dropped++
		return math.NaN()
	}
	return v
}

package wowza

import (
	"math"
	"strconv"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/xmldoc"
)

// reader walks through one document.
type reader struct {
	doc  *connectionCounts
	s    *xmldoc.Scanner
	path [streamLevel]int // indexes of the open entries + 1, by level
	in   *streamEntry     // the open stream, the last one of doc.Streams; nil if there is none
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

// containers are the elements that make a level, and at which depth of the document they stand.
var containers = [...]struct {
	id    int
	level level
}{{idVHost, vhost}, {idApplication, application}, {idInstance, instance}, {idStream, streamLevel}}

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
			case r.in != nil && depth == int(streamLevel)+2:
				r.streamNode(r.s.ID(), r.s.Text())
			case depth == 1:
				root = r.s.Name()
			case depth == 2 && r.s.ID() == idStream:
				r.flatStream()
			case r.in == nil && depth <= int(streamLevel)+1:
				r.entryNode(level(depth-2), r.s.ID(), r.s.Text())
			}
		case xmldoc.Open:
			if r.s.Depth() == 1 {
				root = r.s.Name()
			} else {
				r.begin()
			}
		case xmldoc.Close:
			r.end()
		case xmldoc.EOF:
			r.doc.keepRead(r.in != nil)
			return root
		}
	}
}

// begin opens a container: at its own depth in the nested form, a stream directly below the root in the flat one.
func (r *reader) begin() {
	depth := r.s.Depth()
	for _, c := range containers {
		if r.s.ID() != c.id {
			continue
		}
		switch {
		case c.level == streamLevel && depth == int(streamLevel)+1:
			r.in = r.stream()
		case c.level == streamLevel && depth == 2:
			r.flatStream()
		case depth == int(c.level)+1:
			r.entry(c.level)
			r.path[c.level] = len(r.doc.Entries)
		}
	}
	if depth <= int(streamLevel)+1 {
		r.counted(level(depth - 2))
	}
}

// counted notes that an entry's counters have all been read: its first child begins, or it ends.
func (r *reader) counted(l level) {
	if l < streamLevel && r.path[l] > 0 {
		r.doc.Entries[r.path[l]-1].read = true
	}
}

func (r *reader) end() {
	depth := r.s.Depth()
	if r.in != nil && depth <= int(streamLevel)+1 {
		if depth < int(streamLevel)+1 || len(r.in.Name) == 0 {
			r.doc.dropStream()
		}
		r.in = nil
	}
	for l := depth - 1; l >= 0 && l < int(streamLevel); l++ {
		r.counted(level(l))
		r.path[l] = 0
	}
}

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

// streamNode takes one child of a stream.
func (r *reader) streamNode(id int, text []byte) {
	switch {
	case id == idName:
		r.in.Name = r.doc.decode(text)
	case id == idTotal:
		r.in.Total = r.doc.count(text, maxCount)
	case id >= idFlash && id <= idMPEGDash:
		r.in.Sessions[id-idFlash] = r.doc.count(text, maxCount)
	case id == 0:
		if i := r.doc.extra(r.s.Name(), "Sessions"); i >= 0 {
			r.in.Sessions[i] = r.doc.count(text, maxCount)
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

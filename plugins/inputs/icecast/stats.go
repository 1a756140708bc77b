package icecast

import (
	"io"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/xmldoc"
)

// stats is the answer to /admin/stats, the heavy document: what the server says of itself, then of every
// source, also of those that are not on air.
//
//	<icestats>
//	  <listeners>9</listeners> …                 globals (stats.c in all families)
//	  <source mount="/live.mp3">
//	    <listener_peak>12</listener_peak>
//	    <stream_start>…</stream_start> …         only once the source has run
//
// Which nodes are read is in nodes.go: an allow-list, because stats holds secrets (KH's cluster_password) and nodes whose names a
// source can choose (2.4: any key of its ice-audio-info header).
type stats struct {
	verdict
	KH      bool // written by Icecast-KH
	Server  numbers[serverNode]
	Version span // server_id
	Start   int64
	Sources []source

	plugin  *Icecast    // which sources and texts are wanted, and how many sources at most; nil: all
	listed  *listmounts // sources that are not in it are not wanted; nil: all are
	scanner *xmldoc.Scanner
	arena   []byte // texts and mount names, one behind the other
}

// source is one source of stats.
type source struct {
	Mount   span
	Numbers numbers[sourceNode]
	Texts   [textNodes]span
	Start   int64 // stream_start, Unix seconds; unknown if it never ran or could not be read
}

// span is a text of the document: where it stands in stats.arena. A node that is there and empty has from == to and
// from > 0; the zero span is an absent node.
type span struct{ from, to int32 }

func (p span) present() bool { return p.from > 0 }

// numbers are the values of a set of nodes, unknown where absent.
type numbers[K ~uint8] [maxNodes]int64

// maxNodes bounds both sets of number nodes.
const maxNodes = 20

// text returns a text of the document, empty if it is absent. It is good until the next read.
func (d *stats) text(p span) []byte { return d.arena[p.from:p.to] }

func newStats(p *Icecast) *stats {
	return &stats{plugin: p, scanner: xmldoc.NewScanner(nodeNames()...)}
}

// read replaces the document with that of r. What was read is good also with an error.
func (d *stats) read(r io.Reader) error {
	d.scanner.Reset(r)
	*d = stats{plugin: d.plugin, listed: d.listed, scanner: d.scanner, arena: append(d.arena[:0], 0), Sources: d.Sources[:0], Start: unknown}
	clearNumbers(&d.Server)
	return d.judge(d.scanner, d.elements())
}

func (d *stats) elements() (root string) {
	s := d.scanner
	inSource := false
	for {
		switch s.Next() {
		case xmldoc.Leaf:
			switch {
			case s.Depth() == atNode && inSource:
				d.sourceNode(&d.Sources[len(d.Sources)-1], s.ID(), s.Text())
			case s.Depth() == atGlobal && s.ID() == sourceElement:
				d.begin()
			case s.Depth() == atGlobal:
				d.serverNode(s.ID(), s.Text())
			case s.Depth() == atRoot:
				root = s.Name()
			}
		case xmldoc.Open:
			switch {
			case s.Depth() == atRoot:
				root = s.Name()
			case s.ID() == sourceElement && (s.Depth() == atGlobal || inSource && s.Recovered() > 0):
				if inSource {
					d.Sources = d.Sources[:len(d.Sources)-1] // the one before never ended
				}
				inSource = d.begin()
			}
		case xmldoc.Close:
			if inSource && s.Depth() <= atGlobal {
				if s.Depth() < atGlobal || s.ID() != sourceElement {
					d.Sources = d.Sources[:len(d.Sources)-1]
				}
				inSource = false
			}
		case xmldoc.EOF:
			if inSource {
				d.Sources = d.Sources[:len(d.Sources)-1]
			}
			return root
		}
	}
}

// begin appends a source. One whose name is lost cannot be told from others and is left out, as is one that nobody asked for: a
// document of many megabytes must not become memory of many megabytes.
func (d *stats) begin() bool {
	mount, ok := d.scanner.Attr("mount")
	if !ok || len(mount) == 0 || d.plugin != nil && (len(d.Sources) >= d.plugin.MaxMounts || !d.plugin.wants(mount, d.KH)) || d.listed != nil && !d.listed.lists(mount) {
		return false
	}
	if len(d.Sources) < cap(d.Sources) {
		d.Sources = d.Sources[:len(d.Sources)+1]
	} else {
		d.Sources = append(d.Sources, source{})
	}
	m := &d.Sources[len(d.Sources)-1]
	*m = source{Mount: d.keep(mount), Start: unknown}
	clearNumbers(&m.Numbers)
	return true
}

func clearNumbers[K ~uint8](n *numbers[K]) {
	for i := range n {
		n[i] = unknown
	}
}

// keep copies a text into the document's memory.
func (d *stats) keep(text []byte) span {
	from := len(d.arena)
	d.arena = append(d.arena, text...)
	return span{int32(from), int32(len(d.arena))}
}

// sourceNode takes one child of a source.
func (d *stats) sourceNode(m *source, id int, text []byte) {
	if id == 0 || id > len(nodes) {
		return
	}
	switch n := &nodes[id-1]; n.source {
	case nothing:
	case asText:
		if d.plugin == nil || d.plugin.texts[n.text] {
			m.Texts[n.text] = d.keep(text)
		}
	case asStart:
		d.time(&m.Start, text, n.iso)
	case asLimit:
		if limit, ok := xmldoc.Int(text); ok && limit >= 0 {
			m.Numbers[n.number] = limit
		}
	case asBitrate:
		if kbit, ok := xmldoc.Int(text); ok && kbit >= 0 {
			m.Numbers[n.number] = kbit * 1000
		}
	default:
		m.Numbers[n.number] = d.scaled(text, n.source)
	}
}

// serverNode takes one global. Behind the first source, in a document with broken spots, it may be one
// that a source slipped in.
func (d *stats) serverNode(id int, text []byte) {
	if id == 0 || id > len(nodes) || len(d.Sources) > 0 && d.scanner.Recovered() > 0 {
		return
	}
	switch n := &nodes[id-1]; n.server {
	case nothing:
	case asText:
		d.Version = d.keep(text)
	case asStart:
		d.time(&d.Start, text, n.iso)
	case asFamily:
		d.KH = true
	default:
		d.Server[n.global] = d.scaled(text, n.server)
	}
}

// scaled reads a number and brings it to the unit of the contract.
func (d *stats) scaled(text []byte, as reading) int64 {
	switch as {
	case asCount:
		return d.count(text, maxCount)
	case asKilo: // KiB, or kbit/s of 1,024 bits
		if n := d.count(text, maxBytes/1024); n != unknown {
			return n * 1024
		}
		return unknown
	default:
		return d.count(text, maxBytes)
	}
}

// time reads an instant. The ISO form wins over the other one, whichever comes first.
func (d *stats) time(into *int64, text []byte, iso bool) {
	t, ok := parseTime(text, iso)
	switch {
	case !ok:
		d.Dropped++
	case iso || *into == unknown:
		*into = t
	}
}

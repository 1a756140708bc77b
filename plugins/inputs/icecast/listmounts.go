package icecast

import (
	"bytes"
	"io"
	"slices"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/xmldoc"
)

// listmounts is the answer to /admin/listmounts, the light document: who listens where, now.
//
//	<icestats><source mount="/live.mp3">
//	  <listeners>12</listeners>      live value
//	  <Listeners>12</Listeners>      KH only, the same again
//	  <Connected>3600</Connected>    seconds; absent without a source client
//	  …
//
// (admin.c:admin_build_sourcelist in all families; "connected" in the strict mode of 2.5.) Only direct children
// of a source count, in exact case: 2.5 has listeners again below geoip/country.
type listmounts struct {
	verdict
	KH     bool // written by Icecast-KH, which keeps %-escapes in mounts
	Mounts []mountCount

	scanner *xmldoc.Scanner
	names   []byte
	sorted  bool // Mounts are, as servers list them; see index
	cursor  int  // in Mounts, behind the one that was asked for last
}

// mountCount is one source of listmounts.
type mountCount struct {
	Mount     []byte // as the server spells it
	Listeners int64  // unknown if it could not be read
	Connected int64  // seconds, or stream.NotConnected
}

// IDs of the names that are read, in the order of newListmounts.
const (
	lmSource = iota + 1
	lmListeners
	lmListenersKH
	lmConnected
	lmConnectedStrict
	lmServerID
)

func newListmounts() *listmounts {
	return &listmounts{scanner: xmldoc.NewScanner("source", "listeners", "Listeners", "Connected", "connected", "server_id")}
}

// read replaces the document with that of r. The mounts are good as far as they go, also with an error.
func (d *listmounts) read(r io.Reader) error {
	s := d.scanner
	s.Reset(r)
	d.verdict, d.KH, d.Mounts, d.names = verdict{}, false, d.Mounts[:0], d.names[:0]
	var (
		m        mountCount
		inSource bool
		isStats  bool
		root     string
	)
	for {
		switch s.Next() {
		case xmldoc.Leaf:
			switch {
			case s.Depth() == atNode && inSource:
				d.node(s, &m)
			case s.Depth() == atGlobal && s.ID() == lmSource:
				if m, ok := d.source(s); ok {
					d.Mounts = append(d.Mounts, m)
				}
			case s.Depth() == atGlobal && s.ID() == lmServerID:
				isStats = true
			case s.Depth() == atRoot:
				root = s.Name()
			}
		case xmldoc.Open:
			switch {
			case s.Depth() == atRoot:
				root = s.Name()
			case s.ID() == lmSource && (s.Depth() == atGlobal || inSource && s.Recovered() > 0):
				m, inSource = d.source(s)
			}
		case xmldoc.Close:
			if inSource && s.Depth() <= atGlobal {
				if s.Depth() == atGlobal && s.ID() == lmSource {
					d.Mounts = append(d.Mounts, m)
				}
				inSource = false
			}
		case xmldoc.EOF:
			err := d.judge(s, root)
			if isStats { // it lists sources that are not on air, too
				d.Whole, d.Mounts = false, d.Mounts[:0]
				return errNotListmounts
			}
			return err
		}
	}
}

// source begins a mount. One whose name is lost cannot be told from others and is left out.
func (d *listmounts) source(s *xmldoc.Scanner) (mountCount, bool) {
	mount, ok := s.Attr("mount")
	if !ok || len(mount) == 0 {
		return mountCount{}, false
	}
	from := len(d.names)
	d.names = append(d.names, mount...)
	return mountCount{Mount: d.names[from:], Listeners: unknown, Connected: stream.NotConnected}, true
}

func (d *listmounts) node(s *xmldoc.Scanner, m *mountCount) {
	switch s.ID() {
	case lmListeners:
		m.Listeners = d.count(s.Text(), maxCount)
	case lmListenersKH:
		d.KH = true
	case lmConnected, lmConnectedStrict:
		if n := d.count(s.Text(), maxCount); n != unknown {
			m.Connected = n
		} else {
			m.Connected = stream.NotTold
		}
	}
}

// index gets ready for lists.
func (d *listmounts) index() {
	d.sorted, d.cursor = slices.IsSortedFunc(d.Mounts, func(a, b mountCount) int { return bytes.Compare(a.Mount, b.Mount) }), 0
}

// lists says that a mount is in the document. Both documents have the mounts in the same order, so it looks at the next one
// first. Of a document that is not sorted it says so of every mount.
func (d *listmounts) lists(mount []byte) bool {
	if d.cursor < len(d.Mounts) && bytes.Equal(d.Mounts[d.cursor].Mount, mount) {
		d.cursor++
		return true
	}
	at, found := slices.BinarySearchFunc(d.Mounts, mount, func(m mountCount, want []byte) int { return bytes.Compare(m.Mount, want) })
	d.cursor = at
	if found {
		d.cursor++
	}
	return found || !d.sorted
}

// take fills the list from stats, where that is all that a server lets be read: a source that has a start is on air.
func (d *listmounts) take(from *stats, at time.Time) {
	d.verdict, d.KH = from.verdict, from.KH
	d.Mounts, d.names = d.Mounts[:0], d.names[:0]
	for i := range from.Sources {
		src := &from.Sources[i]
		if src.Start == unknown {
			continue
		}
		name := len(d.names)
		d.names = append(d.names, from.text(src.Mount)...)
		d.Mounts = append(d.Mounts, mountCount{
			Mount:     d.names[name:],
			Listeners: src.Numbers[srcListeners],
			Connected: max(0, at.Unix()-src.Start),
		})
	}
}

package wowza

import (
	"bytes"
	"slices"
	"strings"
)

// decode undoes java.net.URLEncoder, into the document's memory: "+" is a space, "%2F" a slash. A name that was not encoded, as
// a provider of one's own may write it, stays as it is.
func (d *connectionCounts) decode(name []byte) []byte {
	from, done := len(d.texts), 0 // bytes of name that are in texts
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c != '+' && c != '%' {
			continue
		}
		d.texts = append(d.texts, name[done:i]...)
		if c = ' '; name[i] == '%' {
			if i+2 >= len(name) || !isHex(name[i+1]) || !isHex(name[i+2]) {
				d.texts = append(d.texts[:from], name...)
				return d.texts[from:]
			}
			c = hex(name[i+1])<<4 | hex(name[i+2])
			i += 2
		}
		d.texts = append(d.texts, c)
		done = i + 1
	}
	d.texts = append(d.texts, name[done:]...)
	return d.texts[from:]
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

func hex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// extra returns the index in streamEntry.Sessions of a protocol that this package does not know by name, or -1: the
// element is no protocol, or there are too many.
func (d *connectionCounts) extra(name, prefix string) int {
	protocol, ok := strings.CutPrefix(name, prefix)
	if !ok || protocol == "" {
		return -1
	}
	field := strings.ToLower(protocol)
	for _, c := range []byte(field) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return -1
		}
	}
	i := slices.Index(d.extras, field)
	if i < 0 {
		if len(protocols)+len(d.extras) == maxProtocols || field == "total" || field == "current" || slices.Contains(protocols[:], field) {
			return -1
		}
		i = len(d.extras)
		d.extras = append(d.extras, field)
	}
	return len(protocols) + i
}

// fieldOf is the field of a protocol by its index in streamEntry.Sessions.
func (d *connectionCounts) fieldOf(i int) string {
	if i < len(protocols) {
		return protocols[i]
	}
	return d.extras[i-len(protocols)]
}

// flatStream takes a stream of the flat form, whose attributes are the nested form's elements in lower camel case. It is false for
// an element without that name.
func (r *reader) flatStream() bool {
	if _, ok := r.s.Attr("streamName"); !ok {
		return false
	}
	e := r.stream()
	for name, value := range r.s.Attrs() {
		switch string(name) {
		case "vhostName":
			e.Names[vhost] = r.doc.decode(value)
		case "applicationName":
			e.Names[application] = r.doc.decode(value)
		case "appInstanceName":
			e.Names[instance] = r.doc.decode(value)
		case "streamName":
			e.Name = r.doc.decode(value)
		case "sessionsTotal":
			e.Total = r.doc.count(value, maxCount)
		default:
			if i := r.flatProtocol(name); i >= 0 {
				e.Sessions[i] = r.doc.count(value, maxCount)
			}
		}
	}
	if len(e.Name) == 0 {
		r.doc.dropStream()
	}
	return true
}

// flatProtocol returns the index in streamEntry.Sessions of a sessions* attribute, or -1.
func (r *reader) flatProtocol(name []byte) int {
	protocol, ok := bytes.CutPrefix(name, []byte("sessions"))
	if !ok {
		return -1
	}
	for i, known := range protocols {
		if bytes.EqualFold(protocol, []byte(known)) {
			return i
		}
	}
	return r.doc.extra(string(name), "sessions")
}

// keepRead drops what was cut off: entries of which not all counters were read, and an open stream.
func (d *connectionCounts) keepRead(open bool) {
	if open {
		d.dropStream()
	}
	d.Entries = slices.DeleteFunc(d.Entries, func(e entry) bool { return !e.read })
}

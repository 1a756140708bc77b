package emulator

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// node is one element without children. Nodes of stats stand in the order of their names.
type node struct{ name, value string }

// writer writes a document as the family does: KH indents, the others do not.
type writer struct {
	*bytes.Buffer
	indent bool
}

func (w writer) line(level int) {
	if w.indent {
		w.WriteByte('\n')
		w.WriteString(strings.Repeat("  ", level))
	}
}

func (w writer) nodes(level int, nodes []node) {
	for _, n := range nodes {
		w.line(level)
		fmt.Fprintf(w, "<%s>%s</%s>", n.name, escape(n.value, false), n.name)
	}
}

func (w writer) source(name string, nodes []node) {
	w.line(1)
	fmt.Fprintf(w, `<source mount="%s">`, escape(name, true))
	w.nodes(2, nodes)
	w.line(1)
	w.WriteString("</source>")
}

// escape does what libxml2 does without an encoding: everything beyond ASCII becomes a character reference. A control character, which
// XML does not allow, goes out as it is.
func escape(s string, attribute bool) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"' && attribute:
			b.WriteString("&quot;")
		case r == '\r':
			b.WriteString("&#xD;")
		case (r == '\n' || r == '\t') && attribute:
			fmt.Fprintf(&b, "&#%d;", r)
		case r > '~':
			fmt.Fprintf(&b, "&#x%X;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (i *Icecast) begin(b *bytes.Buffer) writer {
	w := writer{b, i.config.Family == KH}
	w.WriteString("<?xml version=\"1.0\"?>\n<icestats>")
	if i.config.Family == V25 {
		w.WriteString("<modules/>")
	}
	return w
}

func (w writer) end() {
	w.line(0)
	w.WriteString("</icestats>\n")
}

// listmounts writes the light document: admin.c:admin_build_sourcelist.
func (i *Icecast) listmounts(b *bytes.Buffer) {
	w := i.begin(b)
	for _, m := range i.sorted() {
		if !m.OffAir {
			w.source(m.Name, i.listed(m))
		}
	}
	w.end()
}

func (i *Icecast) listed(m *Mount) []node {
	listeners := strconv.Itoa(m.Listeners)
	var nodes []node
	if i.config.Family == KH {
		nodes = append(nodes, node{"listeners", listeners}, node{"Listeners", listeners})
		nodes = present(nodes, "fallback", m.Fallback)
	} else {
		nodes = append(nodes, node{"fallback", m.Fallback}, node{"listeners", listeners})
	}
	nodes = present(nodes, "authenticator", m.Authenticator)
	if !m.Connected.IsZero() {
		seconds := i.config.Now().Unix() - m.Connected.Unix()
		nodes = append(nodes, node{"Connected", strconv.FormatInt(seconds, 10)}, node{"content-type", m.ContentType})
	}
	return nodes
}

func present(nodes []node, name, value string) []node {
	if value == "" {
		return nodes
	}
	return append(nodes, node{name, value})
}

// stats writes the heavy document: stats.c.
func (i *Icecast) stats(b *bytes.Buffer) {
	w := i.begin(b)
	w.nodes(1, i.globals())
	for _, m := range i.sorted() {
		w.source(m.Name, i.source(m))
	}
	w.end()
}

func (i *Icecast) globals() []node {
	var listeners, sources int
	for _, m := range i.mounts {
		listeners += m.Listeners
		if !m.Connected.IsZero() {
			sources++
		}
	}
	n := strconv.Itoa
	requests := n(i.Requests())
	nodes := []node{
		{"admin", "icemaster@example.org"}, {"host", "radio.example.org"}, {"location", "Earth"}, {"server_id", i.config.ServerID},
		{"client_connections", requests}, {"clients", n(listeners + sources + 1)}, {"connections", n(i.Connections())}, {"file_connections", "0"},
		{"listener_connections", n(listeners)}, {"listeners", n(listeners)}, {"source_client_connections", n(sources)},
		{"source_relay_connections", "0"}, {"source_total_connections", n(sources)}, {"sources", n(sources)}, {"stats", "0"}, {"stats_connections", "0"},
	}
	nodes = append(nodes, i.times("server_start", i.started)...)
	if i.config.Family == KH {
		nodes = append(nodes, node{"banned_IPs", "0"}, node{"build", "20261123233140"}, node{"outgoing_kbitrate", n(listeners * 64)},
			node{"stream_kbytes_read", "0"}, node{"stream_kbytes_sent", "0"})
	}
	return sortNodes(nodes)
}

func (i *Icecast) source(m *Mount) []node {
	limit := "unlimited"
	if m.Max > 0 {
		limit = strconv.Itoa(m.Max)
	}
	nodes := []node{
		{"listeners", strconv.Itoa(m.Listeners)}, {"max_listeners", limit},
		{"listenurl", "http://radio.example.org:8000" + m.Name},
	}
	if m.OffAir {
		return sortNodes(nodes)
	}
	nodes = append(nodes, node{"listener_peak", strconv.Itoa(m.Peak)}, node{"public", "0"})
	if i.config.Family == KH {
		nodes = append(nodes, node{"listener_connections", strconv.FormatInt(m.ListenerConnections, 10)})
	}
	if m.Connected.IsZero() {
		return sortNodes(nodes)
	}
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	nodes = append(nodes, node{"slow_listeners", n(int64(m.Slow))}, node{"server_type", m.ContentType},
		node{"total_bytes_read", n(m.BytesRead)}, node{"total_bytes_sent", n(m.BytesSent)})
	for _, optional := range []node{
		{"bitrate", m.Bitrate}, {"title", m.Title}, {"artist", m.Artist}, {"server_name", m.ServerName}, {"server_description", m.Description},
		{"genre", m.Genre}, {"source_ip", m.SourceIP}, {"user_agent", m.UserAgent}, {"authenticator", m.Authenticator},
	} {
		nodes = present(nodes, optional.name, optional.value)
	}
	nodes = append(nodes, i.times("stream_start", m.Connected)...)
	if i.config.Family == KH {
		nodes = append(nodes, node{"connected", n(i.config.Now().Unix() - m.Connected.Unix())}, node{"incoming_bitrate", n(m.IncomingBitrate)},
			node{"outgoing_kbitrate", n(m.OutgoingKbitrate)}, node{"queue_size", n(m.QueueSize)}, node{"total_mbytes_sent", n(m.BytesSent >> 20)})
	}
	return sortNodes(nodes)
}

func (i *Icecast) times(name string, t time.Time) []node {
	t = t.In(i.config.Location)
	if i.config.Family == KH {
		return []node{{name, t.Format("02/Jan/2006:15:04:05 -0700")}}
	}
	return []node{{name, t.Format("Mon, 02 Jan 2006 15:04:05 -0700")}, {name + "_iso8601", t.Format("2006-01-02T15:04:05-0700")}}
}

func sortNodes(nodes []node) []node {
	slices.SortFunc(nodes, func(a, b node) int { return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	return nodes
}

package emulator

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Family is a family of Icecast servers.
type Family uint8

// The families.
const (
	KH  Family = iota // Icecast-KH 2.4.0-kh22
	V24               // Icecast 2.4.4
	V25               // Icecast 2.5.0
)

// IcecastConfig is an Icecast server. The zero value is Icecast-KH with the user admin and the password hackme, on a free port of
// loopback.
type IcecastConfig struct {
	Addr               string
	Family             Family
	Username, Password string
	ServerID           string // server_id and, on KH, the realm
	TLS                *tls.Config
	Prefix             string // path before /admin, as a reverse proxy has it
	Now                func() time.Time
	Location           *time.Location // of the server's clock
}

// Mount is one source of an Icecast server.
type Mount struct {
	Name      string // as the server would store it: KH keeps %-escapes
	Listeners int
	Peak      int
	Slow      int
	Max       int       // 0: unlimited
	Connected time.Time // zero: an idle on-demand relay
	OffAir    bool      // in stats only, as a mount whose fallback works

	ContentType, Title, Artist, ServerName, Description, Genre, Bitrate string
	SourceIP, UserAgent, Fallback, Authenticator                        string

	BytesRead, BytesSent, ListenerConnections, IncomingBitrate, OutgoingKbitrate, QueueSize int64
}

// Icecast is an emulated Icecast server.
type Icecast struct {
	server
	config  IcecastConfig
	started time.Time
	mounts  map[string]*Mount // guarded by server.mu, as started is
}

// StartIcecast starts a server.
func StartIcecast(c IcecastConfig) (*Icecast, error) {
	if c.Username == "" {
		c.Username, c.Password = "admin", "hackme"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.ServerID == "" {
		c.ServerID = [...]string{"Icecast 2.4.0-kh22", "Icecast 2.4.4", "Icecast 2.5.0"}[c.Family]
	}
	i := &Icecast{config: c, started: c.Now(), mounts: map[string]*Mount{}}
	i.answer = i.serveAdmin
	return i, i.start(c.Addr, c.TLS)
}

// SetMount adds or replaces a mount. A mount without Connected time is connected now; use Idle to have none.
func (i *Icecast) SetMount(m Mount) {
	if m.Connected.IsZero() {
		m.Connected = i.config.Now()
	}
	i.put(m)
}

// SetIdle adds or replaces a mount without a source.
func (i *Icecast) SetIdle(m Mount) {
	m.Connected = time.Time{}
	i.put(m)
}

func (i *Icecast) put(m Mount) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if m.ContentType == "" {
		m.ContentType = "audio/mpeg"
	}
	m.Peak = max(m.Peak, m.Listeners)
	i.mounts[m.Name] = &m
}

// Change changes a mount that is there.
func (i *Icecast) Change(name string, change func(*Mount)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if m := i.mounts[name]; m != nil {
		change(m)
		m.Peak = max(m.Peak, m.Listeners)
	}
}

// SetListeners sets how many listen to a mount.
func (i *Icecast) SetListeners(name string, n int) {
	i.Change(name, func(m *Mount) { m.Listeners = n })
}

// Reconnect gives a mount a new source: its counters start afresh.
func (i *Icecast) Reconnect(name string) {
	i.Change(name, func(m *Mount) {
		m.Connected, m.Peak, m.Slow, m.Title, m.Artist = i.config.Now(), 0, 0, "", ""
		m.BytesRead, m.BytesSent, m.ListenerConnections = 0, 0, 0
	})
}

// RemoveMount takes a mount away.
func (i *Icecast) RemoveMount(name string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.mounts, name)
}

// Restart starts the server anew, with the same sources, connected now.
func (i *Icecast) Restart() {
	i.mu.Lock()
	i.started = i.config.Now()
	names := make([]string, 0, len(i.mounts))
	for name, m := range i.mounts {
		if !m.Connected.IsZero() {
			names = append(names, name)
		}
	}
	i.mu.Unlock()
	for _, name := range names {
		i.Reconnect(name)
	}
}

// serveAdmin answers one request.
func (i *Icecast) serveAdmin(x *exchange) bool {
	keep := i.config.Family == KH && x.ProtoAtLeast(1, 1) && strings.EqualFold(x.Header.Get("Connection"), "keep-alive")
	path, ok := strings.CutPrefix(x.URL.Path, i.config.Prefix)
	switch {
	case !ok || !strings.HasPrefix(path, "/admin/"):
		i.send(x, "404 Not Found", "text/html", []byte("<b>The file you requested could not be found</b>\r\n"), false)
		return false
	case !i.authorized(x):
		i.refuse(x)
		return false
	case path == "/admin/listmounts":
		i.send(x, "200 OK", i.contentType(), i.document(i.listmounts), keep)
	case path == "/admin/stats" || path == "/admin/stats.xml" || i.config.Family == KH:
		i.send(x, "200 OK", i.contentType(), i.document(i.stats), keep)
	default:
		i.send(x, "400 Unrecognised command", "text/html", []byte("<b>Unrecognised command</b>\r\n"), false)
		return false
	}
	return keep
}

func (i *Icecast) document(write func(*bytes.Buffer)) []byte {
	i.mu.Lock()
	defer i.mu.Unlock()
	var b bytes.Buffer
	write(&b)
	return b.Bytes()
}

// sorted are the mounts by strcmp of their names, as all families list them.
func (i *Icecast) sorted() []*Mount {
	list := make([]*Mount, 0, len(i.mounts))
	for _, m := range i.mounts {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b *Mount) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// authorized checks HTTP Basic as connection.c does: the scheme has to be spelled so.
func (i *Icecast) authorized(x *exchange) bool {
	code, ok := strings.CutPrefix(x.Header.Get("Authorization"), "Basic ")
	plain, err := base64.StdEncoding.DecodeString(code)
	return ok && err == nil && string(plain) == i.config.Username+":"+i.config.Password
}

func (i *Icecast) contentType() string {
	if i.config.Family == KH {
		return "text/xml"
	}
	return "text/xml; charset=utf-8"
}

// send writes an answer with the headers of the family.
func (i *Icecast) send(x *exchange, status, contentType string, body []byte, keep bool) {
	proto, connection := "HTTP/1.1", "Close"
	switch i.config.Family {
	case V24:
		proto = "HTTP/1.0"
	case V25:
		connection = "Keep-Alive" // announced, and closed all the same
	case KH:
	}
	if keep {
		connection = "Keep-Alive"
	}
	fmt.Fprintf(x.w, "%s %s\r\nServer: %s\r\nConnection: %s\r\n", proto, status, i.config.ServerID, connection)
	if i.config.Family == V25 {
		fmt.Fprint(x.w, "Accept-Encoding: identity\r\nAllow: GET, POST, OPTIONS\r\n")
	}
	fmt.Fprintf(x.w, "Date: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", i.config.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), contentType, len(body))
	_, _ = x.w.Write(body) // Flush tells
}

// refuse writes the family's 401.
func (i *Icecast) refuse(x *exchange) {
	i.unauthorized.Add(1)
	switch i.config.Family {
	case KH: // no Server header, the realm is not escaped
		fmt.Fprintf(x.w, "HTTP/1.1 401 Authentication Required\r\nWWW-Authenticate: Basic realm=\"%s\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", i.config.ServerID)
	case V24:
		fmt.Fprint(x.w, "HTTP/1.0 401 Authentication Required\r\nWWW-Authenticate: Basic realm=\"Icecast2 Server\"\r\n\r\nYou need to authenticate\r\n")
	case V25:
		const report = `<?xml version="1.0"?>` + "\n" + `<report><incident><state><text>You need to authenticate</text></state></incident></report>`
		fmt.Fprintf(x.w, "HTTP/1.1 401 Authentication Required\r\nConnection: Keep-Alive\r\nWWW-Authenticate: Basic realm=\"Icecast2 Server\"\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", len(report), report)
	}
}

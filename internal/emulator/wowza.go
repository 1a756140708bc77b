package emulator

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// WowzaConfig is a Wowza server. The zero value is Wowza Streaming Engine with digest, the user admin and the password hackme, on
// a free port of loopback.
type WowzaConfig struct {
	Addr               string
	Username, Password string
	Auth               Profile
	Nonce              NonceMode
	StrictNC           bool   // the nonce count has to grow
	Root               string // of the document
	NoMPEGDash         bool   // as versions 2 and 3
	Flat               bool   // the flat form, also without ?flat
	ShuffleStreams     bool   // another order at every request, as a HashSet may have it
	NotFound           bool   // 404 for an unknown path; the default is a page of HTML with 200
	KeepAlive          time.Duration
	TLS                *tls.Config
	Now                func() time.Time
}

// Stream is one stream of an application instance, with its sessions by protocol.
type Stream struct {
	Name                                              string
	Flash, Cupertino, SanJose, Smooth, RTSP, MPEGDash int
}

func (s Stream) total() int {
	return s.Flash + s.Cupertino + s.SanJose + s.Smooth + s.RTSP + s.MPEGDash
}

// Wowza is an emulated Wowza server.
type Wowza struct {
	server
	config       WowzaConfig
	digest       digestAuth
	basicRefused atomic.Int64
	tree         tree // guarded by server.mu
}

// StartWowza starts a server.
func StartWowza(c WowzaConfig) (*Wowza, error) {
	if c.Username == "" {
		c.Username, c.Password = "admin", "hackme"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Root == "" {
		c.Root = "WowzaStreamingEngine"
	}
	if c.KeepAlive == 0 {
		c.KeepAlive = 2 * time.Second // VHost.xml, KeepAliveTimeout
	}
	w := &Wowza{config: c, tree: tree{started: c.Now(), now: c.Now}}
	w.digest = digestAuth{username: c.Username, password: c.Password, realm: "Wowza", algorithm: "MD5", qop: true, mode: c.Nonce, strictNC: c.StrictNC}
	switch c.Auth {
	case ProfileWMS3:
		w.digest.realm = "Wowza Media Systems"
	case ProfileWMS3RFC2069:
		w.digest.realm, w.digest.algorithm, w.digest.qop = "Wowza Media Systems", "", false
	case ProfileWSE48SHA256:
		w.digest.algorithm = "SHA-256"
	case ProfileREST:
		w.digest.rest = true
	case ProfileWSE48Digest, ProfileWSE48Basic, ProfileNone:
	}
	w.digest.rotate()
	w.keepAlive = c.KeepAlive
	w.answer = w.serveProvider
	return w, w.start(c.Addr, c.TLS)
}

// RotateNonce makes the next request with the old nonce a 401.
func (w *Wowza) RotateNonce() { w.digest.rotate() }

// BasicRefused counts passwords that were sent with Basic to a server that asks for Digest.
func (w *Wowza) BasicRefused() int { return int(w.basicRefused.Load()) }

// SetStream adds or replaces a stream. Its application is loaded if it was not.
func (w *Wowza) SetStream(vhost, application, instance string, s Stream) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tree.set(vhost, application, instance, s)
}

// RemoveStream takes a stream away.
func (w *Wowza) RemoveStream(vhost, application, instance, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tree.remove(vhost, application, instance, name)
}

// UnloadApplication takes an application away; when it is loaded again, its counters start afresh.
func (w *Wowza) UnloadApplication(vhost, application string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tree.unload(vhost, application)
}

// serveProvider answers one request.
func (w *Wowza) serveProvider(x *exchange) bool {
	if !strings.HasPrefix(x.URL.Path, "/connectioncounts") {
		const page = "<html><head><title>Wowza Streaming Engine 4 Monthly Edition 4.7.5 build21763</title></head><body>Wowza Streaming Engine 4 Monthly Edition 4.7.5 build21763</body></html>"
		if w.config.NotFound {
			w.send(x, "404 Not Found", "text/html", "", "")
		} else {
			w.send(x, "200 OK", "text/html", "", page)
		}
		return true
	}
	if challenge := w.refusal(x); challenge != "" {
		w.unauthorized.Add(1)
		body, contentType := "<html><body>401</body></html>", "text/html"
		if w.config.Auth == ProfileREST {
			body, contentType = `{"message":"The request requires user authentication","code":"401","success":false}`, "application/json"
		}
		w.send(x, "401 Unauthorized", contentType, "WWW-Authenticate: "+challenge+"\r\n", body)
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	flat := w.config.Flat || x.URL.Query().Has("flat")
	w.send(x, "200 OK", "text/xml", "", w.document(flat))
	return true
}

// refusal returns the challenge for a request that is not authorized, or nothing.
func (w *Wowza) refusal(x *exchange) string {
	header := x.Header.Get("Authorization")
	switch w.config.Auth {
	case ProfileNone:
		return ""
	case ProfileWSE48Basic:
		code, _ := strings.CutPrefix(header, "Basic ")
		if plain, err := base64.StdEncoding.DecodeString(code); err == nil && string(plain) == w.config.Username+":"+w.config.Password {
			return ""
		}
		return `Basic realm="Wowza"`
	case ProfileWMS3, ProfileWMS3RFC2069, ProfileWSE48Digest, ProfileWSE48SHA256, ProfileREST:
	}
	if strings.HasPrefix(header, "Basic ") {
		w.basicRefused.Add(1)
	}
	ok, stale := w.digest.verify(header, x.Method, x.RequestURI)
	if ok {
		return ""
	}
	return w.digest.challenge(stale)
}

func (w *Wowza) send(x *exchange, status, contentType, headers, body string) {
	server := "WowzaStreamingEngine/4.7.5"
	if w.config.Auth == ProfileREST {
		server = "Restlet-Framework/2.2.2"
		headers += "Transfer-Encoding: chunked\r\n"
		body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	} else {
		headers += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	fmt.Fprintf(x.w, "HTTP/1.1 %s\r\nServer: %s\r\nContent-Type: %s\r\nConnection: Keep-Alive\r\n%s\r\n%s", status, server, contentType, headers, body)
}

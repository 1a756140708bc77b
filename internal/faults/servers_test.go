package faults

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

func startIcecast(t *testing.T, c emulator.IcecastConfig) *emulator.Icecast {
	t.Helper()
	c.Username, c.Password = "admin", password
	s, err := emulator.StartIcecast(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func startWowza(t *testing.T, c emulator.WowzaConfig) *emulator.Wowza {
	t.Helper()
	c.Username, c.Password = "admin", password
	s, err := emulator.StartWowza(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func hostPort(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// with is an Icecast server that has the given fault.
func with(f *emulator.Fault) func(*testing.T) subject {
	return func(t *testing.T) subject {
		s := startIcecast(t, emulator.IcecastConfig{})
		s.SetFault(f)
		return subject{url: s.URL()}
	}
}

// sends is an Icecast server that answers with a document.
func sends(body string) func(*testing.T) subject { return with(emulator.Document("document", body)) }

// wowzaWith is a Wowza server that has the given fault.
func wowzaWith(f *emulator.Fault) func(*testing.T) subject {
	return func(t *testing.T) subject {
		s := startWowza(t, emulator.WowzaConfig{})
		s.SetFault(f)
		return subject{url: s.URL(), wowza: true}
	}
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// names answers every look-up of this process as answer says, until the test ends.
func names(t *testing.T, answer dns.HandlerFunc) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: conn, Handler: answer}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.ActivateAndServe() }()
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		c, err := net.DialUDP("udp", nil, conn.LocalAddr().(*net.UDPAddr)) // a Dialer would look at DefaultResolver
		if err != nil {
			return nil, err
		}
		return impatient{c}, nil
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		_ = conn.Close()
		<-done
	})
}

// impatient is a connection to a name server that waits for half a second at most: Go's resolver goes on for ten when the one who asked
// has long given up.
type impatient struct{ *net.UDPConn }

func (c impatient) SetDeadline(time.Time) error {
	return c.UDPConn.SetDeadline(time.Now().Add(time.Second / 2))
}

// secured is an Icecast server with a certificate for a name. trust is the file of its authority.
func secured(t *testing.T, name string, until time.Time) (s *emulator.Icecast, trust string) {
	t.Helper()
	cert, ca, err := emulator.Certificate(name, until)
	if err != nil {
		t.Fatal(err)
	}
	trust = t.TempDir() + "/ca.pem"
	if err := os.WriteFile(trust, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return startIcecast(t, emulator.IcecastConfig{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}), trust
}

package icecast

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"testing"
	"time"

	"github.com/influxdata/telegraf/config"
	"github.com/miekg/dns"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
)

// Thirty of a hundred servers accept and never answer. A busy machine may be late; the best of three gathers counts.
func TestServersThatHangDelayAndHideNoOther(t *testing.T) {
	const timeout = time.Second
	plugin := newPlugin(t, "http://127.0.0.1:1", interval(0), func(p *Icecast) {
		p.URLs, p.Timeout = nil, config.Duration(timeout)
		for i := range 100 {
			s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: "adminpw"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			s.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 1})
			if i%10 < 3 {
				s.SetFault(emulator.Hang())
			}
			p.URLs = append(p.URLs, s.URL())
		}
	})
	best := time.Hour
	for range 3 {
		began := time.Now()
		out := golden.Gather(t, plugin, began)
		best = min(best, time.Since(began))
		if read, hung := len(out.Find("listeners")), len(out.Find("response", "result=timeout")); read != 70 || hung != 30 {
			t.Errorf("%d servers were read and %d timed out, want 70 and 30", read, hung)
		}
	}
	if late := best - timeout; late > 100*time.Millisecond {
		t.Errorf("the gather ended %s after its timeout", late)
	}
}

// behind makes a name stand for addresses, for this process.
func behind(t *testing.T, name string, addresses ...string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, r *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(r)
		for _, a := range addresses {
			if q := r.Question[0]; q.Name == dns.Fqdn(name) && q.Qtype == dns.TypeA {
				m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 30}, A: net.ParseIP(a)})
			}
		}
		_ = w.WriteMsg(m) // a client that is gone
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.ActivateAndServe() }()
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return net.DialUDP("udp", nil, conn.LocalAddr().(*net.UDPAddr)) // a Dialer would look at DefaultResolver
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		_ = conn.Close()
		<-done
	})
}

// certificateOf makes a certificate and the file of its authority.
func certificateOf(t *testing.T, name string) (certificate tls.Certificate, ca string) {
	t.Helper()
	certificate, pem, err := emulator.Certificate(name, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	ca = t.TempDir() + "/ca.pem"
	if err := os.WriteFile(ca, pem, 0o600); err != nil {
		t.Fatal(err)
	}
	return certificate, ca
}

func TestPhasesOfARequestAreMeasured(t *testing.T) {
	const name = "edge.example.net"
	behind(t, name, "127.0.0.1")
	certificate, ca := certificateOf(t, name)
	s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: "adminpw", TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Addr())
	plugin := newPlugin(t, "https://"+name+":"+port, never, func(p *Icecast) { p.TLSCA = ca })
	response := golden.Gather(t, plugin, time.Now()).One(t, "response", "result=success", "host="+name).Fields
	var sum float64
	for _, phase := range []string{"dns_time", "connect_time", "tls_time", "first_byte_time"} {
		took, _ := response[phase].(float64)
		if took <= 0 {
			t.Errorf("%s is %v", phase, response[phase])
		}
		sum += took
	}
	if whole := response["total_time"].(float64); whole < sum || whole > time.Minute.Seconds() {
		t.Errorf("the whole exchange took %g s, its phases %g s", whole, sum)
	}
	plain := newWorld(t, emulator.KH, never)
	fields := plain.after(t, tick).One(t, "response").Fields
	for _, phase := range []string{"dns_time", "tls_time"} {
		if took, has := fields[phase]; has {
			t.Errorf("%s did not happen, and is %v", phase, took)
		}
	}
}

func TestALoadBalancedNameIsPolledAddressByAddressUnderItsOwnName(t *testing.T) {
	const name = "edges.example.net"
	behind(t, name, "127.0.0.2", "127.0.0.3")
	certificate, ca := certificateOf(t, name)
	names := make(chan string, 10)
	serverTLS := &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		names <- hello.ServerName
		return &tls.Config{Certificates: []tls.Certificate{certificate}}, nil
	}}
	first, err := emulator.StartIcecast(emulator.IcecastConfig{Addr: "127.0.0.2:0", Username: "admin", Password: "adminpw", TLS: serverTLS})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	_, port, _ := net.SplitHostPort(first.Addr())
	second, err := emulator.StartIcecast(emulator.IcecastConfig{Addr: "127.0.0.3:" + port, Username: "admin", Password: "adminpw", TLS: serverTLS})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	first.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 10})
	second.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 5})

	plugin := newPlugin(t, "https://"+name+":"+port, never, func(p *Icecast) {
		p.Resolve, p.TLSCA = "all", ca
		p.Aliases = map[string]string{"127.0.0.3:" + port: "edge3"}
	})
	out := golden.Gather(t, plugin, time.Now())
	out.One(t, "listeners", "host=127.0.0.2", "port="+port).Wants(t, fields{"current": int64(10)})
	out.One(t, "listeners", "host=edge3", "port="+port).Wants(t, fields{"current": int64(5)})
	for range 2 {
		if got := <-names; got != name {
			t.Errorf("the TLS name is %q", got)
		}
	}
	for _, s := range []*emulator.Icecast{first, second} {
		if got := s.LastHost(); got != name+":"+port {
			t.Errorf("the Host header is %q", got)
		}
	}
}

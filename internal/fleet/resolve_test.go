package fleet

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/influxdata/telegraf/config"
	"github.com/miekg/dns"
)

// zone is a DNS server on loopback.
type zone struct {
	mu        sync.Mutex
	addresses []string // A and AAAA of every name
	rcode     int
	asked     int
}

// serveDNS starts a DNS server and returns a resolver that asks it and nobody else.
func serveDNS(t *testing.T) (*zone, *net.Resolver) {
	t.Helper()
	z := &zone{}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: conn, Handler: z}
	done := make(chan struct{})
	started := make(chan struct{})
	server.NotifyStartedFunc = func() { close(started) }
	go func() { defer close(done); _ = server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = server.Shutdown(); <-done })
	return z, &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (z *zone) ServeDNS(w dns.ResponseWriter, r *dns.Msg) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.asked++
	m := new(dns.Msg)
	m.SetRcode(r, z.rcode)
	for _, address := range z.addresses {
		header := dns.RR_Header{Name: r.Question[0].Name, Class: dns.ClassINET, Ttl: 30}
		ip := net.ParseIP(address)
		switch is4 := ip.To4() != nil; {
		case is4 && r.Question[0].Qtype == dns.TypeA:
			header.Rrtype = dns.TypeA
			m.Answer = append(m.Answer, &dns.A{Hdr: header, A: ip})
		case !is4 && r.Question[0].Qtype == dns.TypeAAAA:
			header.Rrtype = dns.TypeAAAA
			m.Answer = append(m.Answer, &dns.AAAA{Hdr: header, AAAA: ip})
		}
	}
	_ = w.WriteMsg(m) // a client that is gone
}

func (z *zone) set(rcode int, addresses ...string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.rcode, z.addresses = rcode, addresses
}

func (z *zone) queries() int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.asked
}

func balanced(t *testing.T, change ...func(*Options)) (*Fleet, *zone) {
	f := fleetOf(t, 0, append([]func(*Options){func(o *Options) {
		o.URLs = []string{"http://edges.example.net:8000"}
		o.Resolve, o.MaxConcurrent = ResolveAll, 1
	}}, change...)...)
	z, resolver := serveDNS(t)
	f.lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
		return resolver.LookupNetIP(ctx, "ip", host)
	}
	return f, z
}

// visits returns what was visited in a gather so many seconds after noon.
func visits(f *Fleet, seconds int) *recorder {
	r := &recorder{}
	f.Each(context.Background(), noon.Add(time.Duration(seconds)*time.Second), r)
	return r
}

func TestEveryAddressBehindANameIsAServer(t *testing.T) {
	f, z := balanced(t)
	z.set(dns.RcodeSuccess, "192.0.2.2", "192.0.2.1", "2001:db8::1")
	got := visits(f, 0).visited
	want := []string{
		"edges.example.net:8000 (192.0.2.1:8000)", "edges.example.net:8000 (192.0.2.2:8000)", "edges.example.net:8000 ([2001:db8::1]:8000)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("visited %q, want %q", got, want)
	}
}

func TestAnAddressIsItsHostTagUnlessItHasAnAlias(t *testing.T) {
	f, z := balanced(t, func(o *Options) { o.Aliases = map[string]string{"192.0.2.2:8000": "edge2"} })
	z.set(dns.RcodeSuccess, "192.0.2.1", "192.0.2.2")
	var aliases []string
	f.Each(context.Background(), noon, &recorder{visit: func(_ context.Context, s *Server) bool {
		aliases = append(aliases, s.Alias)
		return true
	}})
	if want := []string{"192.0.2.1", "edge2"}; !slices.Equal(aliases, want) {
		t.Errorf("host tags %q, want %q", aliases, want)
	}
}

func TestAddressesThatComeAndGoAreFollowedAndTheOthersKeepWhatIsKnown(t *testing.T) {
	f, z := balanced(t)
	z.set(dns.RcodeSuccess, "192.0.2.1", "192.0.2.2")
	f.Each(context.Background(), noon, &recorder{visit: func(_ context.Context, s *Server) bool { s.State = s.Address; return true }})
	z.set(dns.RcodeSuccess, "192.0.2.2", "192.0.2.3")
	visits(f, 15)
	states := map[string]any{}
	f.Each(context.Background(), noon.Add(16*time.Second), &recorder{visit: func(_ context.Context, s *Server) bool {
		states[s.Address] = s.State
		return true
	}})
	if len(states) != 2 || states["192.0.2.2:8000"] != "192.0.2.2:8000" || states["192.0.2.3:8000"] != nil {
		t.Errorf("what is known of each: %v", states)
	}
}

func TestANameIsNotLookedUpAtEveryGather(t *testing.T) {
	f, z := balanced(t)
	z.set(dns.RcodeSuccess, "192.0.2.1")
	visits(f, 0)
	first := z.queries()
	visits(f, 5)
	visits(f, 14)
	if z.queries() != first {
		t.Errorf("asked %d times in 15 seconds, %d of them at first", z.queries(), first)
	}
	visits(f, 15)
	if z.queries() == first {
		t.Error("not asked again after 15 seconds")
	}
}

func TestANameThatCannotBeLookedUpKeepsItsAddresses(t *testing.T) {
	f, z := balanced(t)
	z.set(dns.RcodeSuccess, "192.0.2.1")
	visits(f, 0)
	z.set(dns.RcodeServerFailure)
	r := visits(f, 20)
	if len(r.visited) != 1 || len(r.unresolved) != 0 {
		t.Errorf("visited %q, unresolved %v", r.visited, r.unresolved)
	}
}

func TestANameWithoutAnyAddressIsSaid(t *testing.T) {
	f, z := balanced(t)
	z.set(dns.RcodeNameError)
	r := visits(f, 0)
	err := r.unresolved["edges.example.net:8000"]
	var notFound *net.DNSError
	if len(r.visited) != 0 || !errors.As(err, &notFound) || !notFound.IsNotFound {
		t.Errorf("visited %q, unresolved %v", r.visited, r.unresolved)
	}
	z.set(dns.RcodeSuccess, "192.0.2.1")
	if r := visits(f, 1); len(r.visited) != 1 {
		t.Error("a name that could not be looked up is not looked up at the next gather")
	}
}

func TestAnAddressInAURLStandsForItself(t *testing.T) {
	f := fleetOf(t, 0, func(o *Options) { o.URLs, o.Resolve = []string{"http://[2001:db8::7]:8000"}, ResolveAll })
	r := visits(f, 0)
	if len(r.visited) != 1 || !strings.Contains(r.visited[0], "2001:db8::7") {
		t.Errorf("visited %q", r.visited)
	}
}

// A name server that does not answer must not take the time of the servers that are known.
func TestALookUpThatHangsDelaysNoServer(t *testing.T) {
	f, z := balanced(t, func(o *Options) { o.Timeout = config.Duration(50 * time.Millisecond) })
	z.set(dns.RcodeSuccess, "192.0.2.1")
	visits(f, 0)
	f.lookup = func(ctx context.Context, _ string) ([]netip.Addr, error) { <-ctx.Done(); return nil, ctx.Err() }
	for _, second := range []int{20, 21} {
		if r := visits(f, second); len(r.visited) != 1 || len(r.skipped) != 0 {
			t.Errorf("visited %q, skipped %q", r.visited, r.skipped)
		}
	}
}

func TestALookUpEndsWithTheGather(t *testing.T) {
	f, _ := balanced(t, func(o *Options) { o.Timeout = 1 })
	f.lookup = func(ctx context.Context, _ string) ([]netip.Addr, error) { <-ctx.Done(); return nil, ctx.Err() }
	if r := visits(f, 0); !errors.Is(r.unresolved["edges.example.net:8000"], context.DeadlineExceeded) {
		t.Errorf("unresolved %v", r.unresolved)
	}
}

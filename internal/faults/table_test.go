package faults

import (
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
)

const (
	head   = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
	prolog = "<?xml version=\"1.0\"?>\n"
)

// mounts is a document with two good mounts around something else.
func mounts(between string) string {
	return prolog + `<icestats><source mount="/a"><listeners>1</listeners><Connected>9</Connected></source>` + between +
		`<source mount="/z"><listeners>2</listeners><Connected>9</Connected></source></icestats>`
}

// reads says that the two good mounts of a document were read all the same.
func reads(body string) func(*testing.T) subject {
	return func(t *testing.T) subject {
		s := sends(body)(t)
		s.change = func(p *icecast.Icecast) { p.StatsInterval = -1 }
		s.check = func(t *testing.T, out golden.Output) {
			for mount, want := range map[string]int64{"/a": 1, "/z": 2} {
				if got := out.One(t, "listeners", "host=faulty", "mount="+mount).Fields["current"]; got != want {
					t.Errorf("%s has %v listeners, want %d", mount, got, want)
				}
			}
		}
		return s
	}
}

// matrix has every fault of a server or of the way to it.
var matrix = []entry{
	{"connection refused", "connection_refused", "nobody listens there", func(t *testing.T) subject { return subject{url: "http://" + closedPort(t)} }},
	{"reset when the connection is accepted", "connection_failed", "reset by peer", with(emulator.ResetAtAccept())},
	{"closed without an answer, as a denied address is", "connection_failed", "closed the connection without an answer", with(emulator.CloseWithoutAnswer())},
	{"reset in the headers", "connection_failed", "closed the connection without an answer", with(emulator.ResetInHeaders())},
	{"reset in the body", "connection_failed", "reset by peer", with(emulator.ResetInBody())},
	{"a black hole: taken and never read", "timeout", "did not answer in time", with(emulator.Hang())},
	{"the request read and never answered", "timeout", "did not answer in time", with(emulator.HangAfterRequest())},
	{"headers a byte at a time (slow loris)", "timeout", "did not answer in time", with(emulator.SlowHeaders(20 * time.Millisecond))},
	{"a body a byte at a time", "timeout", "did not end in time", with(emulator.SlowBody(20 * time.Millisecond))},
	{"a host name that does not exist", "dns_error", "cannot be looked up", func(t *testing.T) subject {
		names(t, func(w dns.ResponseWriter, r *dns.Msg) { _ = w.WriteMsg(new(dns.Msg).SetRcode(r, dns.RcodeNameError)) })
		return subject{url: "http://edge.example.net:8000"}
	}},
	{"a name server that does not answer", "timeout", "not looked up in time", func(t *testing.T) subject {
		names(t, func(dns.ResponseWriter, *dns.Msg) {})
		return subject{url: "http://edge.example.net:8000"}
	}},
	{"a body shorter than announced", "invalid_document", "shorter than announced", with(emulator.ShortBody())},
	{"broken chunks", "invalid_document", "coding is broken", with(emulator.BrokenChunks())},
	{"broken gzip", "invalid_document", "coding is broken", with(emulator.BadGzip())},
	{"a gzip bomb of 100 MB", "too_large", "max_body_size", with(emulator.GzipBomb(100 << 20))},
	{"an endless body", "too_large", "max_body_size", with(emulator.Endless("endless", head+"\r\n<icestats>", "<a>1</a>"))},
	{"endless headers", "too_large", "headers are larger", with(emulator.Endless("endless", "HTTP/1.1 200 OK\r\n", "X-Padding: x\r\n"))},
	{"one tag of two megabytes", "invalid_document", "more than 1 MiB", func(t *testing.T) subject {
		s := sends(prolog + "<icestats><source mount=\"" + strings.Repeat("a", 2<<20) + "\"></source></icestats>")(t)
		s.change = func(p *icecast.Icecast) { p.MaxBodySize = 16 << 20 }
		return s
	}},
	{"HTTP/0.9, or another protocol", "connection_failed", "does not answer with HTTP", with(emulator.Raw("0.9", "<html>hello</html>"))},
	{"status 200 with a page of HTML", "invalid_document", "<html> instead of <icestats>", sends("<html><body>Welcome</body></html>")},
	{"an empty body", "invalid_document", "no XML element", sends("")},
	{"status 401 for ever", "unauthorized", "check username and password", with(emulator.Challenge(`Basic realm="x"`))},
	{"status 403, as 2.4 says at its client limit", "unauthorized", "client limit", with(emulator.Status(403))},
	{"status 404", "not_found", "check the path", with(emulator.Status(404))},
	{"status 500", "http_error", "status 500", with(emulator.Status(500))},
	{"status 503", "http_error", "status 503", with(emulator.Status(503))},
	{"a redirect to another host", "http_error", "another server and is not followed", with(emulator.Redirect(302, "http://elsewhere.example.net/admin"))},
	{"a redirect to itself, for ever", "http_error", "more than 3 redirects", with(emulator.Redirect(302, "/admin/listmounts"))},
	{"a redirect from https to http", "http_error", "another server and is not followed", func(t *testing.T) subject {
		s, trust := secured(t, "127.0.0.1", time.Now().Add(time.Hour))
		s.SetFault(emulator.Redirect(302, "http://"+s.Addr()+"/admin/listmounts"))
		return subject{url: s.URL(), change: func(p *icecast.Icecast) { p.TLSCA = trust }}
	}},
	{"an expired certificate", "tls_error", "has to be renewed", func(t *testing.T) subject {
		s, trust := secured(t, "127.0.0.1", time.Now().Add(-time.Hour))
		return subject{url: s.URL(), change: func(p *icecast.Icecast) { p.TLSCA = trust }}
	}},
	{"a certificate that nobody signed", "tls_error", "tls_ca", func(t *testing.T) subject {
		s, _ := secured(t, "127.0.0.1", time.Now().Add(time.Hour))
		return subject{url: s.URL()}
	}},
	{"a certificate of another name", "tls_error", "tls_server_name", func(t *testing.T) subject {
		s, trust := secured(t, "other.example.net", time.Now().Add(time.Hour))
		return subject{url: s.URL(), change: func(p *icecast.Icecast) { p.TLSCA = trust }}
	}},
	{"TLS to a port without it", "tls_error", "is this the TLS port?", func(t *testing.T) subject {
		return subject{url: "https://" + startIcecast(t, emulator.IcecastConfig{}).Addr()}
	}},
	{"no TLS to a port with it", "connection_failed", "closed the connection without an answer", func(t *testing.T) subject {
		s, _ := secured(t, "127.0.0.1", time.Now().Add(time.Hour))
		return subject{url: "http://" + s.Addr()}
	}},
	{"a document type declaration, with an entity bomb", "invalid_document", "DOCTYPE", sends("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>" + mounts("&b;"))},
	{"10,000 levels of elements", "invalid_document", "deeper than 64", sends(prolog + "<icestats>" + strings.Repeat("<a>", 10_000))},
	{"UTF-16", "invalid_document", "UTF-16", sends("\xff\xfe<\x00i\x00")},
	{"a document cut off in the middle", "invalid_document", "what was read whole is kept", reads(strings.TrimSuffix(mounts(`<source mount="/m"/>`), "</icestats>") + `<source mount="/cut`)},
	{"a name that is none, a control character and an unknown entity", "invalid_document", "broken spots", reads(mounts("<source mount=\"/m\x01\"><album artist>x</album artist><title>&foo;</title></source>"))},
	{"a mount that is listed twice", "success", "", reads(mounts(`<source mount="/a"><listeners>7</listeners></source>`))},
	{"counters that wrapped, are negative, or no number", "success", "", reads(mounts(`<source mount="/m"><listeners>4294967295</listeners></source><source mount="/n"><listeners>-3</listeners></source><source mount="/o"><listeners>NaN</listeners></source>`))},
	{"a server that restarts between the two documents", "connection_refused", "nobody listens there", func(t *testing.T) subject {
		s := startIcecast(t, emulator.IcecastConfig{})
		s.SetMount(emulator.Mount{Name: "/a", Listeners: 1})
		s.DownAfter("/admin/listmounts")
		return subject{url: s.URL(), check: func(t *testing.T, out golden.Output) {
			out.One(t, "response", "host=faulty", "endpoint=listmounts", "result=success")
			out.One(t, "listeners", "host=faulty", "mount=/a")
		}}
	}},
	{"Wowza: Digest that is refused for ever", "unauthorized", "check username and password", wowzaWith(emulator.Challenge(`Digest realm="Wowza", nonce="x", algorithm=MD5, qop="auth"`))},
	{"Wowza: a nonce for every request", "success", "", func(t *testing.T) subject {
		return subject{url: startWowza(t, emulator.WowzaConfig{Nonce: emulator.NonceOneTime}).URL(), wowza: true}
	}},
	{"Wowza: a nonce that goes stale", "success", "", func(t *testing.T) subject {
		s := startWowza(t, emulator.WowzaConfig{Auth: emulator.ProfileREST})
		s.RotateNonce()
		return subject{url: s.URL(), wowza: true}
	}},
	{"Wowza: a nonce of 50 kB", "unauthorized", "no method of authentication", wowzaWith(emulator.Challenge(`Digest realm="Wowza", nonce="` + strings.Repeat("n", 50_000) + `", qop="auth"`))},
	{"Wowza: an endless 401", "unauthorized", "check username and password", wowzaWith(emulator.Endless("endless", "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"y\", qop=\"auth\"\r\n\r\n", "x"))},
	{"Wowza: a page of HTML for an unknown path", "invalid_document", "is this the port of the HTTP provider", func(t *testing.T) subject {
		return subject{url: startWowza(t, emulator.WowzaConfig{}).URL() + "/nothing", wowza: true}
	}},
	{"Wowza: a document that is never closed", "invalid_document", "what was read whole is kept", wowzaWith(emulator.Document("unclosed", "<?xml version=\"1.0\"?><WowzaStreamingEngine><ConnectionsCurrent>1</ConnectionsCurrent><VHost><Name>v</Name>"))},
}

// processFaults are faults of the process that other packages' tests cause.
var processFaults = []struct{ fault, happens, file, test string }{
	{"a clock that is set, on either side", "no restart is seen, times follow", "internal/stream/tracker_test.go", "TestTheServersClockMayStep"},
	{"standard output that nobody reads", "the program ends in time when it is told to, and says why", "cmd/telegraf-icecast-wowza/process_test.go", "TestTheProgramEndsWhileNobodyReadsItsOutput"},
	{"standard output that is closed", "the program ends", "cmd/telegraf-icecast-wowza/process_test.go", "TestTheProgramEndsWhenItsOutputIsClosed"},
	{"standard input that is never closed", "SIGTERM ends the program in under two seconds", "cmd/telegraf-icecast-wowza/process_test.go", "TestTheProgramEndsSoonWhileAServerHangs"},
	{"the limit of file descriptors reached", "the servers that do not fit fail with a hint, the others are read", "cmd/telegraf-icecast-wowza/process_test.go", "TestTheLimitOfFileDescriptorsIsSaid"},
	{"a disk that is full when the program starts", "it starts: it writes no files", "cmd/telegraf-icecast-wowza/process_test.go", "TestAFullDiskIsNoObstacle"},
	{"servers that hang, thirty of a hundred", "the gather ends with its timeout, the other seventy are complete", "plugins/inputs/icecast/fleet_test.go", "TestServersThatHangDelayAndHideNoOther"},
	{"gathers that take longer than the interval", "it is said once", "cmd/telegraf-icecast-wowza/process_test.go", "TestGathersThatTakeLongerThanTheIntervalAreSaidOnce"},
}

package poll

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

func TestEveryFaultHasItsResult(t *testing.T) {
	const pause = 100 * time.Millisecond
	cases := []struct {
		fault *emulator.Fault
		want  Result
		text  string
	}{
		{emulator.Hang(), Timeout, "did not answer in time"},
		{emulator.HangAfterRequest(), Timeout, "raise timeout"},
		{emulator.ResetAtAccept(), ConnectionFailed, ""},
		{emulator.ResetInHeaders(), ConnectionFailed, ""},
		{emulator.ResetInBody(), ConnectionFailed, ""},
		{emulator.CloseWithoutAnswer(), ConnectionFailed, "closed the connection without an answer"},
		{emulator.ShortBody(), InvalidDocument, "shorter than announced"},
		{emulator.Status(500), HTTPError, "status 500"},
		{emulator.Status(503), HTTPError, "status 503"},
		{emulator.Status(204), HTTPError, "status 204"},
		{emulator.Status(404), NotFound, "check the path in urls"},
		{emulator.Status(403), Unauthorized, "client limit"},
		{emulator.Challenge(`Negotiate`), Unauthorized, "set username"},
		{emulator.SlowHeaders(pause), Timeout, "did not answer in time"},
		{emulator.SlowBody(pause), Timeout, "did not end in time"},
		{emulator.BrokenChunks(), InvalidDocument, "coding is broken"},
		{emulator.BadGzip(), InvalidDocument, "coding is broken"},
		{emulator.GzipBomb(100 << 20), TooLarge, "max_body_size (1048576 bytes)"},
		{emulator.Endless("endless body", "HTTP/1.1 200 OK\r\n\r\n", "<a>1</a>"), TooLarge, "max_body_size"},
		{emulator.Endless("endless headers", "HTTP/1.1 200 OK\r\n", "X-Padding: x\r\n"), TooLarge, "headers are larger"},
		{emulator.Endless("endless 401", "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n", "x"), Unauthorized, ""},
		{emulator.Raw("HTTP/0.9", "<html>hello</html>"), ConnectionFailed, "does not answer with HTTP"},
		{emulator.Raw("another protocol", "220 smtp.example.net ESMTP\r\n"), ConnectionFailed, "does not answer with HTTP"},
		{emulator.Redirect(302, "http://127.0.0.1:1/x?key=hidden"), HTTPError, "redirects to http://127.0.0.1:1,"},
		{emulator.Redirect(302, "https://user:hidden@elsewhere.example.net/"), HTTPError, "redirects to https://elsewhere.example.net,"},
		{emulator.Redirect(302, "/again"), HTTPError, "more than 3 redirects"},
		{emulator.Redirect(302, "file:///etc/passwd"), HTTPError, "not followed"},
	}
	for _, c := range cases {
		t.Run(c.fault.Name, func(t *testing.T) {
			t.Parallel()
			w := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileNone})
			w.SetFault(c.fault)
			for _, auth := range []Auth{AuthNone, AuthAuto} {
				ctx, cancel := contextWithin(t, 700*time.Millisecond)
				client := newClient(t, w.URL(), as(auth), func(c *Config) {
					if auth == AuthNone {
						c.Username = ""
					}
				})
				ex := client.Get(ctx, "/connectioncounts", func(r io.Reader) error {
					_, err := io.Copy(io.Discard, r)
					return err
				})
				cancel()
				if ex.Result != c.want || ex.Err == nil {
					t.Fatalf("auth %d: %v (%v), want %v", auth, ex.Result, ex.Err, c.want)
				}
				if auth == AuthNone && !strings.Contains(ex.Err.Error(), c.text) {
					t.Errorf("%q does not say %q", ex.Err, c.text)
				}
				if strings.Contains(ex.Err.Error(), "hidden") {
					t.Errorf("the error has a secret of the redirect in it: %q", ex.Err)
				}
			}
		})
	}
}

func TestWhoIsNotThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if ex, _ := get(t, newClient(t, "http://"+l.Addr().String()), "/"); ex.Result != ConnectionRefused || !strings.Contains(ex.Err.Error(), "nobody listens there") {
		t.Errorf("a closed port: %v %v", ex.Result, ex.Err)
	}
	if ex, _ := get(t, newClient(t, "http://no-such-host.invalid"), "/"); ex.Result != DNSError && ex.Result != Timeout {
		t.Errorf("a name that does not exist: %v %v", ex.Result, ex.Err)
	}
	refused := Failed(&net.DNSError{Err: "no such host", Name: "x.example", IsNotFound: true})
	if refused.Result != DNSError || !strings.Contains(refused.Err.Error(), "no such host") {
		t.Errorf("a failed look-up: %v %v", refused.Result, refused.Err)
	}
}

func TestARefusedRedirectGivesAwayNothing(t *testing.T) {
	other := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileWSE48Basic})
	w := wowza(t, emulator.WowzaConfig{})
	w.SetFault(emulator.Redirect(302, other.URL()+"/connectioncounts"))
	if ex, _ := get(t, newClient(t, w.URL(), as(AuthAuto)), "/connectioncounts"); ex.Result != HTTPError {
		t.Errorf("%v %v, want http_error", ex.Result, ex.Err)
	}
	if n := other.Connections(); n > 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}

func TestARedirectOnTheSameServerIsFollowed(t *testing.T) {
	ice, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ice.Close)
	front := wowza(t, emulator.WowzaConfig{})
	front.SetFault(emulator.Redirect(302, front.URL()+"/x")) // to itself, again and again: followed three times
	get(t, newClient(t, front.URL()), "/")
	if n := front.Requests(); n != 1+maxRedirects {
		t.Errorf("%d requests, want %d", n, 1+maxRedirects)
	}
}

func TestADocumentsOwnFaultIsTheParsersText(t *testing.T) {
	w := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileNone})
	bad := errors.New("not the document")
	ex := newClient(t, w.URL()).Get(t.Context(), "/connectioncounts", func(io.Reader) error { return bad })
	if ex.Result != InvalidDocument || !errors.Is(ex.Err, bad) || ex.HTTPStatus != 200 {
		t.Errorf("%v %v %d, want invalid_document with the parser's error", ex.Result, ex.Err, ex.HTTPStatus)
	}
}

func TestErrorsAreOneLineWithoutSecrets(t *testing.T) {
	c := newClient(t, "http://127.0.0.1:1", as(AuthAuto))
	in := errors.New("line one\r\nline two \x00\xff " + secret + " YWRtaW46czNjcjN0LXDDpHNzd29yZA== " + strings.Repeat("ü", 300))
	out := c.clean(in)
	if text := out.Error(); len(text) > maxError || strings.ContainsAny(text, "\r\n\x00") || !utf8.ValidString(text) || strings.Contains(text, secret) || strings.Contains(text, "YWRtaW46") || !strings.HasSuffix(text, "ü…") {
		t.Errorf("%q (%d bytes)", text, len(text))
	}
	if !errors.Is(out, in) {
		t.Error("the original is lost")
	}
	if c.clean(nil) != nil {
		t.Error("no error became one")
	}
}

// certificate makes a certificate and the pool that trusts it.
func certificate(t *testing.T, name string, until time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	cert, ca, err := emulator.Certificate(name, until)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return cert, pool
}

func TestTLS(t *testing.T) {
	tomorrow := time.Now().Add(24 * time.Hour)
	good, goodPool := certificate(t, "127.0.0.1", tomorrow)
	expired, expiredPool := certificate(t, "127.0.0.1", time.Now().Add(-time.Hour))
	named, namedPool := certificate(t, "edges.example.net", tomorrow)
	cases := []struct {
		name   string
		server *tls.Certificate // nil: plain HTTP
		scheme string
		client *tls.Config
		want   Result
		text   string
	}{
		{"a certificate that is trusted", &good, "https", &tls.Config{RootCAs: goodPool}, Success, ""},
		{"not verified", &good, "https", &tls.Config{InsecureSkipVerify: true}, Success, ""}, //nolint:gosec // the option exists
		{"a name that is set", &named, "https", &tls.Config{RootCAs: namedPool, ServerName: "edges.example.net"}, Success, ""},
		{"self-signed", &good, "https", nil, TLSError, "set tls_ca"},
		{"expired", &expired, "https", &tls.Config{RootCAs: expiredPool}, TLSError, "has to be renewed"},
		{"another name", &named, "https", &tls.Config{RootCAs: namedPool}, TLSError, "set tls_server_name"},
		{"TLS to a plain port", nil, "https", nil, TLSError, "TLS"},
		{"plain to a TLS port", &good, "http", nil, ConnectionFailed, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			config := emulator.WowzaConfig{Auth: emulator.ProfileNone}
			if c.server != nil {
				config.TLS = &tls.Config{Certificates: []tls.Certificate{*c.server}} //nolint:gosec // of the test
			}
			w := wowza(t, config)
			client := newClient(t, c.scheme+"://"+w.Addr(), func(config *Config) { config.TLS = c.client })
			ex, _ := get(t, client, "/connectioncounts")
			if ex.Result != c.want {
				t.Fatalf("%v (%v), want %v", ex.Result, ex.Err, c.want)
			}
			if ex.Err != nil && !strings.Contains(ex.Err.Error(), c.text) {
				t.Errorf("%q does not say %q", ex.Err, c.text)
			}
			if c.want == Success && !ex.HasTLS {
				t.Error("the handshake was not measured")
			}
		})
	}
}

func TestAHandshakeThatFallsApartOnceIsTriedAgain(t *testing.T) {
	good, pool := certificate(t, "127.0.0.1", time.Now().Add(time.Hour))
	w := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileNone, TLS: &tls.Config{Certificates: []tls.Certificate{good}}}) //nolint:gosec // of the test
	front := flaky(t, w.Addr())
	c := newClient(t, "https://"+front, func(c *Config) { c.TLS = &tls.Config{RootCAs: pool} }) //nolint:gosec // of the test
	if ex, _ := get(t, c, "/connectioncounts"); ex.Result != Success {
		t.Errorf("%v %v, want success at the second try", ex.Result, ex.Err)
	}
}

// flaky passes connections on to addr, but for the first one, which it answers with garbage, as Icecast 2.4 does now and then.
func flaky(t *testing.T, addr string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		for first := true; ; first = false {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if first {
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = conn.Write([]byte("\x00\x00\x00\x00\x00\x00\x00\x00"))
				conn.Close()
				continue
			}
			server, err := net.Dial("tcp", addr)
			if err != nil {
				conn.Close()
				return
			}
			go func() { _, _ = io.Copy(server, conn); server.Close() }()
			_, _ = io.Copy(conn, server)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

func TestABodyOfJustTheLimitPasses(t *testing.T) {
	w := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileNone})
	for size, want := range map[int]Result{1 << 20: Success, 1<<20 + 1: TooLarge} {
		w.SetFault(emulator.Document("a body", strings.Repeat("x", size)))
		ex, body := get(t, newClient(t, w.URL()), "/")
		if ex.Result != want || len(body) != 1<<20 || ex.Bytes != 1<<20 {
			t.Errorf("%d bytes: %v, %d read (%d counted); want %v, %d", size, ex.Result, len(body), ex.Bytes, want, 1<<20)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"http://a", "http://A:80/x", true}, {"https://a:443", "https://a", true}, {"http://a", "https://a", false},
		{"http://a:8000", "http://a:8001", false}, {"http://a", "http://b", false}, {"http://[::1]:80", "http://[::1]", true},
	} {
		a, _ := url.Parse(c.a)
		b, _ := url.Parse(c.b)
		if got := sameOrigin(a, b); got != c.want {
			t.Errorf("%s and %s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func ExampleResult() {
	fmt.Println(Timeout, uint8(Timeout))
	// Output: timeout 4
}

package poll

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "s3cr3t-pässword"

// newClient makes a client for a URL, changed by the given functions.
func newClient(t testing.TB, base string, change ...func(*Config)) *Client {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Base: u, MaxBody: 1 << 20, UserAgent: "test"}
	for _, f := range change {
		f(&c)
	}
	client, err := NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func as(auth Auth) func(*Config) {
	return func(c *Config) { c.Username, c.Password, c.Auth, c.KeepAlive = "admin", secret, auth, time.Second }
}

// get asks once, within two seconds, and returns the body as well.
func get(t testing.TB, c *Client, path string) (Exchange, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var body []byte
	ex := c.Get(ctx, path, func(r io.Reader) (err error) {
		body, err = io.ReadAll(r)
		return err
	})
	if ex.Err != nil && (len(ex.Err.Error()) > maxError || strings.ContainsAny(ex.Err.Error(), "\r\n\x00")) {
		t.Errorf("the error is no short line: %q", ex.Err)
	}
	if ex.Err != nil && strings.Contains(ex.Err.Error(), secret) {
		t.Errorf("the error has the password in it: %q", ex.Err)
	}
	return ex, string(body)
}

func wowza(t testing.TB, c emulator.WowzaConfig) *emulator.Wowza {
	t.Helper()
	c.Username, c.Password = "admin", secret
	w, err := emulator.StartWowza(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.SetStream("_defaultVHost_", "live", "_definst_", emulator.Stream{Name: "a", Flash: 1})
	return w
}

func TestEveryProfileOfWowzaIsAnswered(t *testing.T) {
	for name, profile := range map[string]emulator.Profile{
		"wms3": emulator.ProfileWMS3, "wms3 RFC 2069": emulator.ProfileWMS3RFC2069, "wse 4.8 digest": emulator.ProfileWSE48Digest,
		"wse 4.8 SHA-256": emulator.ProfileWSE48SHA256, "wse 4.8 basic": emulator.ProfileWSE48Basic, "REST": emulator.ProfileREST, "none": emulator.ProfileNone,
	} {
		t.Run(name, func(t *testing.T) {
			w := wowza(t, emulator.WowzaConfig{Auth: profile, StrictNC: true})
			c := newClient(t, w.URL(), as(AuthAuto))
			for range 5 {
				if ex, body := get(t, c, "/connectioncounts"); ex.Result != Success || !strings.Contains(body, "<SessionsTotal>1<") {
					t.Fatalf("%v: %v", ex.Result, ex.Err)
				}
			}
			challenged := 1
			if profile == emulator.ProfileNone {
				challenged = 0
			}
			if w.Requests() != 5+challenged || w.Unauthorized() != challenged || w.Connections() != 1 {
				t.Errorf("five polls were %d requests with %d challenges on %d connections, want %d, %d, 1",
					w.Requests(), w.Unauthorized(), w.Connections(), 5+challenged, challenged)
			}
			if w.BasicRefused() > 0 {
				t.Error("the password was sent with Basic to a server that asks for Digest")
			}
		})
	}
}

func TestARotatedNonceCostsOneRequestOnce(t *testing.T) {
	w := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileREST})
	c := newClient(t, w.URL(), as(AuthDigest))
	get(t, c, "/connectioncounts")
	before := w.Requests()
	w.RotateNonce()
	for range 3 {
		if ex, _ := get(t, c, "/connectioncounts"); ex.Result != Success {
			t.Fatal(ex.Err)
		}
	}
	if n := w.Requests() - before; n != 4 {
		t.Errorf("three polls over a new nonce were %d requests, want 4", n)
	}
}

func TestOneTimeNoncesWork(t *testing.T) {
	w := wowza(t, emulator.WowzaConfig{Nonce: emulator.NonceOneTime})
	c := newClient(t, w.URL(), as(AuthAuto))
	for range 3 {
		if ex, _ := get(t, c, "/connectioncounts"); ex.Result != Success {
			t.Fatal(ex.Err)
		}
	}
}

func TestBasicIsNotSentToAServerThatAsksForDigest(t *testing.T) {
	for _, auth := range []Auth{AuthAuto, AuthBasic, AuthDigest} {
		w := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileWSE48Digest})
		ex, _ := get(t, newClient(t, w.URL(), as(auth)), "/connectioncounts")
		if w.BasicRefused() > 0 {
			t.Errorf("auth %d: the password was sent with Basic", auth)
		}
		if auth == AuthBasic && (ex.Result != Unauthorized || !strings.Contains(ex.Err.Error(), `auth = "digest"`)) {
			t.Errorf("auth basic: %v, %v; want a hint at digest", ex.Result, ex.Err)
		}
	}
}

func TestAServerMayChangeItsMethod(t *testing.T) {
	basic := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileWSE48Basic})
	c := newClient(t, basic.URL(), as(AuthAuto))
	if ex, _ := get(t, c, "/connectioncounts"); ex.Result != Success {
		t.Fatal(ex.Err)
	}
	addr := basic.Addr()
	basic.Close()
	digest := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileWSE48Digest, Addr: addr})
	for range 2 {
		if ex, _ := get(t, c, "/connectioncounts"); ex.Result != Success {
			t.Fatal(ex.Err)
		}
	}
	if n := digest.BasicRefused(); n != 1 {
		t.Errorf("the remembered method was tried %d times, want 1", n)
	}
}

func TestHintsOfRefusedCredentials(t *testing.T) {
	cases := []struct {
		name    string
		profile emulator.Profile
		auth    Auth
		user    string
		hint    string
	}{
		{"no credentials", emulator.ProfileWSE48Digest, AuthAuto, "", "set username and password"},
		{"wrong password", emulator.ProfileWSE48Digest, AuthAuto, "nobody", "check username and password"},
		{"digest where only basic is", emulator.ProfileWSE48Basic, AuthDigest, "admin", `the server offers Basic only, set auth = "basic" or "auto"`},
		{"none", emulator.ProfileWSE48Basic, AuthNone, "", "set username and password"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := wowza(t, emulator.WowzaConfig{Auth: c.profile})
			client := newClient(t, w.URL(), as(c.auth), func(config *Config) { config.Username = c.user })
			ex, _ := get(t, client, "/connectioncounts")
			if ex.Result != Unauthorized || ex.HTTPStatus != 401 || !strings.Contains(ex.Err.Error(), c.hint) {
				t.Errorf("%v %d %v, want unauthorized 401 with %q", ex.Result, ex.HTTPStatus, ex.Err, c.hint)
			}
		})
	}
}

func TestARotatedPasswordFileIsReadAgain(t *testing.T) {
	w := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileWSE48Digest})
	file := filepath.Join(t.TempDir(), "password")
	put := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("outdated\n")
	c := newClient(t, w.URL(), as(AuthAuto), func(c *Config) { c.Password, c.PasswordFile = "", file })
	if ex, _ := get(t, c, "/connectioncounts"); ex.Result != Unauthorized || !strings.Contains(ex.Err.Error(), "content of password_file") {
		t.Fatalf("with the outdated password: %v %v", ex.Result, ex.Err)
	}
	put(secret + "\r\n")
	for range 2 {
		if ex, _ := get(t, c, "/connectioncounts"); ex.Result != Success {
			t.Fatalf("with the new password: %v", ex.Err)
		}
	}
	put("")
	if _, err := NewClient(c.config); err == nil || !strings.Contains(err.Error(), "there is no password in") {
		t.Errorf("an empty file: %v", err)
	}
	c.config.PasswordFile = file + ".none"
	if _, err := NewClient(c.config); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestIcecastIsAskedWithBasicAtOnce(t *testing.T) {
	ice, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: secret, Prefix: "/radio"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ice.Close)
	c := newClient(t, ice.URL()+"/radio/", as(AuthBasic), func(c *Config) { c.PreemptiveBasic, c.KeepAlive = true, 0 })
	ex, _ := get(t, c, "/admin/listmounts")
	if ex.Result != Success || ice.Requests() != 1 || ice.Unauthorized() != 0 {
		t.Errorf("%v (%v) with %d requests and %d challenges, want success with 1 and 0", ex.Result, ex.Err, ice.Requests(), ice.Unauthorized())
	}
	if !ex.HasConnect || !ex.HasFirstByte || ex.HasDNS || ex.HasTLS || ex.Time < ex.FirstByte || ex.Bytes == 0 {
		t.Errorf("phases of a plain exchange by address: %+v", ex)
	}
	c = newClient(t, ice.URL()+"/radio", as(AuthBasic), func(c *Config) { c.PreemptiveBasic, c.Password = true, "wrong" })
	if ex, _ := get(t, c, "/admin/listmounts"); ex.Result != Unauthorized || ex.Err.Error() != "unauthorized (401): check username and password" {
		t.Errorf("a wrong password: %v %v", ex.Result, ex.Err)
	}
}

func TestAKeptConnectionThatTheServerClosedIsNoError(t *testing.T) {
	w := wowza(t, emulator.WowzaConfig{KeepAlive: 50 * time.Millisecond})
	c := newClient(t, w.URL(), as(AuthAuto))
	for range 3 {
		if ex, _ := get(t, c, "/connectioncounts"); ex.Result != Success {
			t.Fatal(ex.Err)
		}
		time.Sleep(80 * time.Millisecond) // longer than the server keeps it
	}
	if w.Connections() < 3 {
		t.Errorf("the server closed its connections, and only %d were made", w.Connections())
	}
}

func TestANameIsDialledAtItsAddress(t *testing.T) {
	w := wowza(t, emulator.WowzaConfig{Auth: emulator.ProfileNone})
	c := newClient(t, "http://edges.example.invalid:8086", func(c *Config) { c.DialAddress = w.Addr() })
	if ex, _ := get(t, c, "/connectioncounts"); ex.Result != Success || ex.HasDNS {
		t.Errorf("%v %v, look-up %v; want success without a look-up", ex.Result, ex.Err, ex.HasDNS)
	}
}

func TestGivingUpIsNobodysFailure(t *testing.T) {
	w := wowza(t, emulator.WowzaConfig{})
	w.SetFault(emulator.HangAfterRequest())
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	ex := newClient(t, w.URL()).Get(ctx, "/connectioncounts", func(io.Reader) error { return nil })
	if ex.Result != Skipped {
		t.Errorf("%v %v, want skipped", ex.Result, ex.Err)
	}
}

func TestResultsKeepTheirNumbersAndNames(t *testing.T) {
	names := []string{
		"success", "dns_error", "connection_refused", "connection_failed", "timeout", "tls_error", "unauthorized", "not_found",
		"http_error", "too_large", "invalid_document", "skipped",
	}
	for i, name := range names {
		if Result(i).String() != name {
			t.Errorf("result %d is %s, want %s", i, Result(i), name)
		}
	}
}

package wowza

import (
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

var profiles = map[string]emulator.Profile{
	"Media Server 2 to 4.8.5":    emulator.ProfileWMS3,
	"RFC 2069":                   emulator.ProfileWMS3RFC2069,
	"Streaming Engine, digest":   emulator.ProfileWSE48Digest,
	"Streaming Engine, SHA-256":  emulator.ProfileWSE48SHA256,
	"Streaming Engine, basic":    emulator.ProfileWSE48Basic,
	"REST, nonces that go stale": emulator.ProfileREST,
	"no authentication":          emulator.ProfileNone,
}

// A steady poll is one request: the challenge is reused.
func TestASteadyPollIsOneRequest(t *testing.T) {
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, emulator.WowzaConfig{Auth: profile, StrictNC: true})
			w.after(t, tick).One(t, "response", "result=success")
			before := w.Requests()
			for range 5 {
				w.after(t, tick).One(t, "response", "result=success")
			}
			if got := w.Requests() - before; got != 5 {
				t.Errorf("5 gathers cost %d requests", got)
			}
			if w.BasicRefused() != 0 {
				t.Error("the password was sent with Basic to a server that asks for Digest")
			}
		})
	}
}

func TestARotatedNonceCostsOneMoreRequestOnce(t *testing.T) {
	for name, profile := range profiles {
		if profile == emulator.ProfileWSE48Basic || profile == emulator.ProfileNone {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, emulator.WowzaConfig{Auth: profile, StrictNC: true})
			w.after(t, tick)
			w.RotateNonce()
			before := w.Requests()
			w.after(t, tick).One(t, "response", "result=success")
			if got := w.Requests() - before; got != 2 {
				t.Errorf("the gather after the rotation cost %d requests, want 2", got)
			}
			w.after(t, tick).One(t, "response", "result=success")
			if got := w.Requests() - before; got != 3 {
				t.Errorf("the gather after that cost %d requests, want 1", got-2)
			}
		})
	}
}

func TestANonceForOneRequestIsRead(t *testing.T) {
	w := newWorld(t, emulator.WowzaConfig{Nonce: emulator.NonceOneTime})
	for range 3 {
		w.after(t, tick).One(t, "response", "result=success")
	}
}

// digest and basic of the auth option never answer another challenge.
func TestAnotherMethodThanTheOneThatIsSetIsRefused(t *testing.T) {
	for _, c := range []struct {
		auth    string
		profile emulator.Profile
		result  string
	}{
		{"digest", emulator.ProfileWSE48Digest, "success"},
		{"digest", emulator.ProfileWSE48Basic, "unauthorized"},
		{"basic", emulator.ProfileWSE48Basic, "success"},
		{"basic", emulator.ProfileWSE48Digest, "unauthorized"},
	} {
		w := newWorld(t, emulator.WowzaConfig{Auth: c.profile}, func(p *Wowza) { p.Auth = c.auth })
		w.after(t, tick).One(t, "response", "result="+c.result)
		if w.BasicRefused() != 0 {
			t.Errorf("auth %q: the password was sent with Basic to a server that asks for Digest", c.auth)
		}
	}
}

func TestAWrongPasswordIsUnauthorized(t *testing.T) {
	w := newWorld(t, emulator.WowzaConfig{}, func(p *Wowza) { p.Password = "wrong" })
	out := w.after(t, tick)
	out.One(t, "response", "result=unauthorized")
	if len(out.Errors) != 1 || out.Unread != 1 {
		t.Errorf("errors %q, %d servers unread", out.Errors, out.Unread)
	}
}

// Wowza keeps connections for two seconds: a poll that comes sooner needs no new one.
func TestAConnectionIsKeptWhileTheServerKeepsIt(t *testing.T) {
	w := newWorld(t, emulator.WowzaConfig{})
	for range 4 {
		w.after(t, 100*time.Millisecond)
	}
	if got := w.Connections(); got != 1 {
		t.Errorf("four gathers in a moment took %d connections", got)
	}
}

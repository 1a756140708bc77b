package poll

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

func contextWithin(t testing.TB, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

func TestChallenges(t *testing.T) {
	cases := []struct {
		name    string
		headers []string
		want    string // realm nonce algorithm qop…, then "basic"
	}{
		{"wms3", []string{`Digest realm="Wowza Media Systems", nonce="a1", algorithm=MD5, qop="auth"`}, `Wowza Media Systems|a1|MD5|[auth]|`},
		{"RFC 2069", []string{`Digest realm="Wowza", nonce="a1"`}, `Wowza|a1||[]|`},
		{"REST", []string{`Digest realm="Wowza", domain="/", nonce="MTIz/+4=", algorithm=MD5, qop="auth", stale=true`}, `Wowza|MTIz/+4=|MD5|[auth]|`},
		{"basic", []string{`Basic realm="Wowza"`}, `basic`},
		{"both in two headers", []string{`Basic realm="x"`, `Digest realm="y", nonce="n"`}, `y|n||[]|basic`},
		{"both in one header", []string{`Basic realm="x", Digest realm="y", nonce="n", qop="auth"`}, `y|n||[auth]|basic`},
		{"digest first in one header", []string{`Digest realm="y", nonce="n", qop="auth", Basic realm="x"`}, `y|n||[auth]|basic`},
		{"the strongest wins", []string{`Digest realm="a", nonce="1", algorithm=MD5`, `Digest realm="b", nonce="2", algorithm=SHA-256`, `Digest realm="c", nonce="3"`}, `b|2|SHA-256|[]|`},
		{"session variants are passed over", []string{`Digest realm="a", nonce="1", algorithm=SHA-256-sess`, `Digest realm="b", nonce="2", algorithm=MD5`}, `b|2|MD5|[]|`},
		{"tabs, capitals and a trailing comma", []string{"digest\tRealm=\"y\",\tNONCE=\"n\" , Algorithm=\"md5\",Qop=\"auth-int, auth\","}, `y|n|md5|[auth-int auth]|`},
		{"an unquoted base64 nonce", []string{`Digest realm="y", nonce=MTIz/+4==, qop=auth`}, `y|MTIz/+4==||[auth]|`},
		{"quotes inside of quotes", []string{`Digest realm="a \"b\" \\ c", nonce="n"`}, `a "b" \ c|n||[]|`},
		{"KH's unescaped realm", []string{`Basic realm="MyRadio "CDN" <edge>"`}, `basic`},
		{"no nonce", []string{`Digest realm="y"`}, ``},
		{"an unknown qop", []string{`Digest realm="y", nonce="n", qop="future"`}, ``},
		{"an unknown algorithm", []string{`Digest realm="y", nonce="n", algorithm=FUTURE`}, ``},
		{"a huge nonce", []string{`Digest realm="y", nonce="` + strings.Repeat("n", maxChallenge) + `"`}, ``},
		{"a quote that never ends", []string{`Digest realm="y, nonce=n`}, ``},
		{"other schemes", []string{`Negotiate`, `Bearer realm="z"`}, ``},
		{"nothing", nil, ``},
		{"noise", []string{`=,= ,,"`}, ``},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := describe(parseChallenges(c.headers)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func describe(c challenges) string {
	text := ""
	if d := c.digest; d != nil {
		text = fmt.Sprintf("%s|%s|%s|%v|", d.Realm, d.Nonce, d.Algorithm, d.QOP)
	}
	if c.basic {
		text += "basic"
	}
	return text
}

func FuzzChallenges(f *testing.F) {
	f.Add(`Digest realm="Wowza", domain="/", nonce="MTIz/+4=", algorithm=MD5, qop="auth", stale=true`)
	f.Add(`Basic realm="x", Digest realm="y", nonce="n", qop="auth"`)
	f.Fuzz(func(t *testing.T, header string) {
		c := parseChallenges([]string{header})
		if c.digest != nil && (c.digest.Nonce == "" || len(c.digest.Nonce) > maxChallenge) {
			t.Errorf("a challenge with the nonce %q was taken from %q", c.digest.Nonce, header)
		}
	})
}

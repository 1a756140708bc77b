package poll

import (
	"slices"
	"strings"

	"github.com/icholy/digest"
)

// challenges are what a 401 offers that can be answered here.
type challenges struct {
	digest *digest.Challenge // the strongest one
	basic  bool
}

// maxChallenge bounds one WWW-Authenticate header. Its nonce comes back in every request.
const maxChallenge = 4 << 10

// strength orders the algorithms of Digest (RFC 7616, 3.2). The session variants are not among them: the digest library has none.
var strength = []string{"MD5", "SHA-256", "SHA-512", "SHA-512-256"}

// parseChallenges reads WWW-Authenticate headers (RFC 9110, 11.6.1): several challenges may stand in one header or in many, and servers
// are not careful with spaces, case and quotes.
func parseChallenges(headers []string) (c challenges) {
	best := -1
	for _, h := range headers {
		if len(h) > maxChallenge {
			continue
		}
		for _, ch := range splitChallenges(h) {
			switch {
			case strings.EqualFold(ch.scheme, "Basic"):
				c.basic = true
			case strings.EqualFold(ch.scheme, "Digest"):
				if d, s := ch.digest(); s > best {
					c.digest, best = d, s
				}
			}
		}
	}
	return c
}

// challenge is one scheme with its parameters, names in lower case.
type challenge struct {
	scheme string
	params map[string]string
}

// splitChallenges takes a header apart: a word that is followed by "=" is a parameter of the scheme before, any other one is a scheme.
func splitChallenges(h string) (list []challenge) {
	for {
		h = strings.TrimLeft(h, " \t,")
		end := strings.IndexAny(h, " \t,=")
		if end < 0 {
			end = len(h)
		}
		if end == 0 {
			if h == "" {
				return list
			}
			h = h[1:] // a stray "="
			continue
		}
		word := h[:end]
		rest := strings.TrimLeft(h[end:], " \t")
		if value, ok := strings.CutPrefix(rest, "="); ok && len(list) > 0 {
			var v string
			v, h = cutValue(strings.TrimLeft(value, " \t"))
			list[len(list)-1].params[strings.ToLower(word)] = v
			continue
		}
		list = append(list, challenge{word, map[string]string{}})
		h = rest
	}
}

// cutValue takes a token or a quoted string off the front. A token ends at a comma or white space, so that base64, with
// its "=" and "/", passes without quotes.
func cutValue(h string) (value, rest string) {
	if !strings.HasPrefix(h, `"`) {
		if end := strings.IndexAny(h, " \t,"); end >= 0 {
			return h[:end], h[end:]
		}
		return h, ""
	}
	var b strings.Builder
	for i := 1; i < len(h); i++ {
		switch {
		case h[i] == '"':
			return b.String(), h[i+1:]
		case h[i] == '\\' && i+1 < len(h):
			i++
		}
		b.WriteByte(h[i])
	}
	return b.String(), "" // never closed
}

// digest returns the challenge as the digest library wants it, and how strong it is; -1 if it cannot be answered.
func (c challenge) digest() (*digest.Challenge, int) {
	p := c.params
	d := &digest.Challenge{
		Realm: p["realm"], Nonce: p["nonce"], Opaque: p["opaque"], Algorithm: p["algorithm"], Charset: p["charset"],
		Stale: strings.EqualFold(p["stale"], "true"), Userhash: strings.EqualFold(p["userhash"], "true"),
	}
	for qop := range strings.SplitSeq(p["qop"], ",") {
		if qop = strings.ToLower(strings.TrimSpace(qop)); qop != "" {
			d.QOP = append(d.QOP, qop)
		}
	}
	algorithm := strings.ToUpper(d.Algorithm)
	if algorithm == "" {
		algorithm = "MD5"
	}
	if d.Nonce == "" || !digest.CanDigest(d) {
		return nil, -1
	}
	return d, slices.Index(strength, algorithm)
}

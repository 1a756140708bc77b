package emulator

import (
	"crypto/md5" //nolint:gosec // the protocol's
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Profile is how a Wowza server authenticates.
type Profile uint8

// The profiles. What is public of port 8086's challenges is little, so a client has to get along with all of them.
const (
	ProfileWMS3        Profile = iota // Digest, MD5, qop="auth", realm of versions 2 to 4.8.5
	ProfileWMS3RFC2069                // the same without algorithm and qop
	ProfileWSE48Digest                // Digest, MD5, realm "Wowza"
	ProfileWSE48SHA256                // Digest, SHA-256, realm "Wowza"
	ProfileWSE48Basic                 // Basic, realm "Wowza"
	ProfileREST                       // as port 8087: domain, base64 nonce that goes stale, JSON body
	ProfileNone
)

// NonceMode is how long a nonce is good.
type NonceMode uint8

// The modes.
const (
	NonceReusable NonceMode = iota // until RotateNonce
	NonceOneTime                   // for one request
)

// digestAuth verifies digest responses: RFC 2617, RFC 7616, and RFC 2069 where no qop is offered.
type digestAuth struct {
	username, password string
	realm              string
	algorithm          string // as it is offered; "" offers none, which is MD5
	qop                bool
	rest               bool
	mode               NonceMode
	strictNC           bool

	mu     sync.Mutex
	nonce  string
	former map[string]bool // nonces that were good once
	nc     map[string]int
}

// rotate makes a new nonce.
func (d *digestAuth) rotate() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rotateLocked()
}

func (d *digestAuth) rotateLocked() {
	if d.former == nil || len(d.former) > 1000 {
		d.former, d.nc = map[string]bool{}, map[string]int{}
	}
	d.former[d.nonce] = true
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	d.nonce = hex.EncodeToString(random)
	if d.rest {
		now := time.Now().UnixMilli()
		d.nonce = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d:%s", now, d.nonce))
	}
}

// challenge is the value of WWW-Authenticate.
func (d *digestAuth) challenge(stale bool) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rest {
		c := fmt.Sprintf(`Digest realm="%s", domain="/", nonce="%s", algorithm=MD5, qop="auth"`, d.realm, d.nonce)
		if stale {
			c += ", stale=true"
		}
		return c
	}
	c := fmt.Sprintf(`Digest realm="%s", nonce="%s"`, d.realm, d.nonce)
	if d.algorithm != "" {
		c += ", algorithm=" + d.algorithm
	}
	if d.qop {
		c += `, qop="auth"`
	}
	return c
}

// verify checks an Authorization header against a request. stale says that all is right but the nonce.
func (d *digestAuth) verify(header, method, target string) (ok, stale bool) {
	fields, isDigest := digestFields(header)
	if !isDigest || fields["username"] != d.username || fields["realm"] != d.realm || fields["uri"] != target {
		return false, false
	}
	if a := fields["algorithm"]; a != "" && !strings.EqualFold(a, d.algorithm) {
		return false, false
	}
	if fields["response"] != d.response(fields, method, target) {
		return false, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	nonce := fields["nonce"]
	if nonce != d.nonce {
		return false, d.former[nonce]
	}
	if d.qop && d.strictNC {
		var nc int
		if _, err := fmt.Sscanf(fields["nc"], "%08x", &nc); err != nil || nc <= d.nc[nonce] {
			return false, false
		}
		d.nc[nonce] = nc
	}
	if d.mode == NonceOneTime {
		d.rotateLocked()
	}
	return true, false
}

// response is what the client should have computed. With qop, the client's nc has eight hex digits and there is a cnonce.
func (d *digestAuth) response(f map[string]string, method, target string) string {
	hash := func(s string) string {
		if strings.EqualFold(d.algorithm, "SHA-256") {
			sum := sha256.Sum256([]byte(s))
			return hex.EncodeToString(sum[:])
		}
		sum := md5.Sum([]byte(s)) //nolint:gosec // the protocol's
		return hex.EncodeToString(sum[:])
	}
	a1 := hash(d.username + ":" + d.realm + ":" + d.password)
	a2 := hash(method + ":" + target)
	if !d.qop {
		return hash(a1 + ":" + f["nonce"] + ":" + a2)
	}
	if f["qop"] != "auth" || len(f["nc"]) != 8 || strings.Trim(f["nc"], "0123456789abcdef") != "" || f["cnonce"] == "" {
		return "refused"
	}
	return hash(a1 + ":" + f["nonce"] + ":" + f["nc"] + ":" + f["cnonce"] + ":auth:" + a2)
}

// digestFields reads the parameters of a Digest Authorization header, quoted or not.
func digestFields(header string) (map[string]string, bool) {
	rest, ok := strings.CutPrefix(header, "Digest ")
	if !ok {
		return nil, false
	}
	fields := map[string]string{}
	for rest != "" {
		name, after, found := strings.Cut(rest, "=")
		if !found {
			break
		}
		var value string
		if quoted, isQuoted := strings.CutPrefix(after, `"`); isQuoted {
			value, rest, _ = strings.Cut(quoted, `"`)
			_, rest, _ = strings.Cut(rest, ",")
		} else {
			value, rest, _ = strings.Cut(after, ",")
		}
		fields[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	return fields, true
}

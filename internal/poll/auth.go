package poll

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/icholy/digest"
)

// Auth is how a client authenticates.
type Auth uint8

// The methods of authentication.
const (
	AuthNone   Auth = iota // never
	AuthBasic              // RFC 7617
	AuthDigest             // RFC 7616
	AuthAuto               // as the server's challenge asks, Digest before Basic
)

// password reads the password file, if there is one.
func (c *Config) password() (string, error) {
	if c.PasswordFile == "" {
		return c.Password, nil
	}
	b, err := os.ReadFile(c.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("cannot read the password: %w", err)
	}
	password := strings.TrimRight(string(b), "\r\n")
	if password == "" {
		return "", fmt.Errorf("there is no password in %s", c.PasswordFile)
	}
	return password, nil
}

// authTransport adds credentials to the requests of one server. There is one for a client, for the life of its password: digest.Transport
// keeps the challenge that it answers, by host name without port.
type authTransport struct {
	config   *Config
	password string
	inner    http.RoundTripper
	digest   *digest.Transport // nil where Digest is never answered

	basic      bool // Basic is sent with every request, since the server asked for it
	challenges challenges
}

func newAuthTransport(c *Config, password string, inner http.RoundTripper) *authTransport {
	t := &authTransport{config: c, password: password, inner: inner}
	if c.Auth == AuthDigest || c.Auth == AuthAuto {
		t.digest = &digest.Transport{Username: c.Username, Password: password, Transport: inner, FindChallenge: t.findDigest}
	}
	return t
}

// RoundTrip sends one request and, where the server's challenge asks for it, a second one with credentials.
func (t *authTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.challenges = challenges{}
	if t.config.Username == "" || t.config.Auth == AuthNone || t.config.PreemptiveBasic || !sameOrigin(req.URL, t.config.Base) {
		return t.note(t.inner.RoundTrip(req))
	}
	if t.basic {
		resp, err := t.note(t.inner.RoundTrip(t.withBasic(req)))
		if err != nil || resp.StatusCode != http.StatusUnauthorized || t.config.Auth != AuthAuto || t.challenges.digest == nil {
			return resp, err
		}
		t.basic = false // the server asks for Digest now
		_ = resp.Body.Close()
	}
	var resp *http.Response
	var err error
	if t.config.Auth == AuthBasic {
		resp, err = t.note(t.inner.RoundTrip(req))
	} else {
		resp, err = t.digest.RoundTrip(req)
	}
	if err != nil || resp.StatusCode != http.StatusUnauthorized || t.config.Auth == AuthDigest || !t.challenges.basic || t.challenges.digest != nil {
		return resp, err
	}
	_ = resp.Body.Close()
	t.basic = true
	return t.note(t.inner.RoundTrip(t.withBasic(req)))
}

// note remembers the challenges of an answer.
func (t *authTransport) note(resp *http.Response, err error) (*http.Response, error) {
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		t.challenges = parseChallenges(resp.Header.Values("WWW-Authenticate"))
	}
	return resp, err
}

// findDigest is the digest transport's hook: the strongest challenge that it can answer.
func (t *authTransport) findDigest(h http.Header) (*digest.Challenge, error) {
	t.challenges = parseChallenges(h.Values("WWW-Authenticate"))
	if t.challenges.digest == nil {
		return nil, digest.ErrNoChallenge
	}
	return t.challenges.digest, nil
}

func (t *authTransport) withBasic(req *http.Request) *http.Request {
	req = req.Clone(req.Context())
	req.SetBasicAuth(t.config.Username, t.password)
	return req
}

// refusal says what an answer without the status 200 means.
func (c *Client) refusal(resp *http.Response) (Result, error) {
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		return Unauthorized, c.unauthorized()
	case http.StatusForbidden:
		return Unauthorized, errors.New("forbidden (403): the user may not read this document, or the server is at its client limit")
	case http.StatusNotFound:
		return NotFound, errors.New("not found (404): check the path in urls, and that this is the right server and port")
	}
	return HTTPError, fmt.Errorf("the server answered with status %d", resp.StatusCode)
}

func (c *Client) unauthorized() error {
	offered := c.auth.challenges
	switch {
	case c.config.Username == "":
		return errors.New("unauthorized (401): the server asks for credentials, set username and password")
	case c.config.Auth == AuthDigest && offered.digest == nil && offered.basic:
		return errors.New(`unauthorized (401): the server offers Basic only, set auth = "basic" or "auto"`)
	case c.config.Auth == AuthBasic && !c.config.PreemptiveBasic && !offered.basic && offered.digest != nil:
		return errors.New(`unauthorized (401): the server asks for Digest, set auth = "digest" or "auto"; Basic was not sent`)
	case offered.digest == nil && !offered.basic && !c.config.PreemptiveBasic:
		return errors.New("unauthorized (401): the server offers no method of authentication that is known here")
	case c.config.PasswordFile != "":
		return errors.New("unauthorized (401): check username and the content of password_file")
	}
	return errors.New("unauthorized (401): check username and password")
}

package poll

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// maxError is how long an error's text may be, in bytes.
const maxError = 256

// cleanError is an error whose text is fit for a metric and a log line. It unwraps to the original.
type cleanError struct {
	text string
	err  error
}

func (e *cleanError) Error() string { return e.text }
func (e *cleanError) Unwrap() error { return e.err }

// clean makes an error's text one line of UTF-8, without credentials and not too long. A server can put much into
// an error: names in certificates, a status, a host to redirect to, an element of its document.
func (c *Client) clean(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, secret := range c.secrets() {
		text = strings.ReplaceAll(text, secret, "***")
	}
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) > maxError {
		end := maxError - len("…")
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + "…"
	}
	return &cleanError{text, err}
}

// secrets are what must not be in any text.
func (c *Client) secrets() []string {
	password := c.auth.password
	if len(password) < 3 {
		return nil // too short to be told from other text
	}
	basic := base64.StdEncoding.EncodeToString([]byte(c.config.Username + ":" + password))
	return []string{basic, password}
}

package report

import (
	"net/url"
	"strings"
)

// Mount brings the name of a Wowza stream to the form of an Icecast mount, so that one channel has one mount tag on
// every server: a URL gives its path, anything else gets a leading slash.
func Mount(stream string) string {
	if i := strings.Index(stream, "://"); i > 0 && isScheme(stream[:i]) {
		if u, err := url.Parse(stream); err == nil && len(u.Path) > 1 {
			return u.Path
		}
	}
	if strings.HasPrefix(stream, "/") {
		return stream
	}
	return "/" + stream
}

func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

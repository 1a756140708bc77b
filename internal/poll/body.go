package poll

import (
	"errors"
	"io"
	"net/http"
)

// limited is a body of which no more than max bytes are read. It remembers the error of the connection, which a parser may wrap or swallow.
type limited struct {
	r        io.Reader
	n, max   int64
	err      error
	tooLarge bool
}

var errTooLarge = errors.New("larger than max_body_size")

func (l *limited) Read(p []byte) (int, error) {
	if l.tooLarge {
		return 0, errTooLarge
	}
	if room := l.max - l.n + 1; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := l.r.Read(p)
	l.n += int64(n)
	if l.n > l.max {
		l.tooLarge = true
		n -= int(l.n - l.max)
		l.n = l.max
		return n, errTooLarge
	}
	if err != nil {
		l.err = err
	}
	return n, err
}

// bounded bounds the bodies that are only drained. The digest transport reads the body of a 401 to its end, however
// long a server makes it.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(req)
	if err == nil && resp.StatusCode != http.StatusOK {
		resp.Body = &drained{io.LimitReader(resp.Body, maxDrain), resp.Body}
	}
	return resp, err
}

type drained struct {
	io.Reader
	io.Closer
}

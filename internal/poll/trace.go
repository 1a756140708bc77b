package poll

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"
)

// trace measures the phases of one request. Its hooks may be called by other goroutines, and late: a dial that lost a race
// ends after the exchange did. So every request has one of its own.
type trace struct {
	mu sync.Mutex
	dns, connect, tls,
	firstByte phase
	connected bool
	tlsErr    error
}

// phase is one phase: it has begun, and it may have ended.
type phase struct {
	begun time.Time
	took  time.Duration
	ended bool
}

func (p *phase) begin() {
	if p.begun.IsZero() {
		p.begun = time.Now()
	}
}

func (p *phase) end() {
	if !p.begun.IsZero() {
		p.took, p.ended = time.Since(p.begun), true
	}
}

// watch returns the context of the request.
func (t *trace) watch(ctx context.Context) context.Context {
	note := func(f func()) {
		t.mu.Lock()
		defer t.mu.Unlock()
		f()
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart:             func(httptrace.DNSStartInfo) { note(t.dns.begin) },
		DNSDone:              func(httptrace.DNSDoneInfo) { note(t.dns.end) },
		ConnectStart:         func(_, _ string) { note(t.connect.begin) },
		ConnectDone:          func(_, _ string, err error) { note(func() { t.connectDone(err) }) },
		TLSHandshakeStart:    func() { note(t.tls.begin) },
		TLSHandshakeDone:     func(_ tls.ConnectionState, err error) { note(func() { t.tlsDone(err) }) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { note(func() { t.firstByte = phase{begun: time.Now()} }) },
		GotFirstResponseByte: func() { note(t.firstByte.end) },
	})
}

func (t *trace) connectDone(err error) {
	if err == nil && !t.connect.ended {
		t.connect.end()
		t.connected = true
	}
}

func (t *trace) tlsDone(err error) {
	if t.tlsErr = err; err == nil {
		t.tls.end()
	}
}

// phases copies what happened.
func (t *trace) phases(ex *Exchange) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	ex.DNS, ex.HasDNS = t.dns.took, t.dns.ended
	ex.Connect, ex.HasConnect = t.connect.took, t.connect.ended
	ex.TLS, ex.HasTLS = t.tls.took, t.tls.ended
	ex.FirstByte, ex.HasFirstByte = t.firstByte.took, t.firstByte.ended
}

// where says what an exchange was waiting for when its time was over.
func (t *trace) where() string {
	if t == nil {
		return "no answer in time"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.dns.begun.IsZero() && !t.dns.ended:
		return "the host name was not looked up in time"
	case !t.connect.begun.IsZero() && !t.connected:
		return "the server did not take the connection in time"
	case !t.tls.begun.IsZero() && !t.tls.ended:
		return "the TLS handshake did not end in time"
	}
	return "the server did not answer in time"
}

// inHandshake says whether the exchange failed between the start and the end of the TLS handshake.
func (t *trace) inHandshake() bool {
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.tls.begun.IsZero() && !t.tls.ended
}

// handshakeFellApart says whether a TLS handshake failed in a way that may go well the next time: garbage instead of a record, or a
// message out of turn. A certificate that does not suit stays so.
func (t *trace) handshakeFellApart(err error) bool {
	if !t.inHandshake() {
		return false
	}
	var record tls.RecordHeaderError
	return errors.As(err, &record) && string(record.RecordHeader[:4]) != "HTTP" || strings.Contains(err.Error(), "unexpected message")
}

package poll

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
)

var errTooManyRedirects = fmt.Errorf("more than %d redirects in a row", maxRedirects)

// redirectError is a redirect that leaves the server.
type redirectError struct{ to string }

func (e *redirectError) Error() string {
	return fmt.Sprintf("the server redirects to %s, which is another server and is not followed; if that is the right one, put it into urls", e.to)
}

// classify turns the error of an exchange into a result and a text for the operator. It takes an error apart only where the
// standard library offers no other way than its text.
func classify(err error, t *trace) (Result, error) {
	var viaURL *url.Error
	if errors.As(err, &viaURL) {
		err = viaURL.Err // without the URL, whose query may hold a secret
	}
	var redirect *redirectError
	var dns *net.DNSError
	switch {
	case errors.As(err, &redirect), errors.Is(err, errTooManyRedirects):
		return HTTPError, err
	case errors.Is(err, context.Canceled):
		return Skipped, errors.New("given up: the program ends")
	case errors.As(err, &dns) && !dns.IsTimeout:
		return DNSError, fmt.Errorf("the host name cannot be looked up: %s", dns.Err)
	case isTimeout(err):
		return Timeout, errors.New(t.where() + "; raise timeout if the server is slow but well")
	case isTLS(err):
		return TLSError, tlsHint(err)
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return ConnectionFailed, errors.New("too many open files: raise the limit of file descriptors (LimitNOFILE of Telegraf's unit), or lower max_concurrent")
	case errors.Is(err, syscall.ECONNREFUSED):
		return ConnectionRefused, fmt.Errorf("nobody listens there: %w", err)
	case strings.Contains(err.Error(), "response headers exceeded"):
		return TooLarge, fmt.Errorf("the answer's headers are larger than %d bytes", maxHeaders)
	case strings.Contains(err.Error(), "malformed MIME header"):
		return ConnectionFailed, errors.New("the answer's headers are broken or cut off")
	case strings.Contains(err.Error(), "malformed HTTP"):
		return ConnectionFailed, errors.New("the server does not answer with HTTP; is this the right port?")
	case t.inHandshake():
		return TLSError, fmt.Errorf("the TLS handshake fell apart (is this the TLS port?): %w", err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ConnectionFailed, errors.New("the server closed the connection without an answer")
	}
	return ConnectionFailed, err
}

// classifyBody does the same for an error in the middle of a body.
func classifyBody(err error) (Result, error) {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return InvalidDocument, errors.New("the answer is shorter than announced")
	case errors.As(err, &corrupt), errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), strings.Contains(err.Error(), "chunk"):
		return InvalidDocument, fmt.Errorf("the answer's coding is broken: %w", err)
	case isTimeout(err):
		return Timeout, errors.New("the answer did not end in time; raise timeout if the server is slow but well")
	}
	return classify(err, nil)
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

func isTLS(err error) bool {
	var (
		record  tls.RecordHeaderError
		alert   tls.AlertError
		verify  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	return errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &verify) ||
		errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid) ||
		strings.HasPrefix(err.Error(), "tls: ") || strings.HasPrefix(err.Error(), "remote error: tls:") ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// tlsHint adds what to do about it.
func tlsHint(err error) error {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("%w; set tls_ca to the authority that signed it", err)
	case errors.As(err, &name):
		return fmt.Errorf("%w; set tls_server_name, or use that name in urls", err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("%w; the certificate has to be renewed on the server", err)
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response"):
		return errors.New("the server does not speak TLS on this port; use http:// or its TLS port")
	}
	return err
}

package poll

import "time"

// Result is how an exchange ended. Its number is the result_code of the metric contract and never changes its meaning.
type Result uint8

// The results, see the response measurement.
const (
	Success           Result = iota
	DNSError                 // the name could not be looked up
	ConnectionRefused        // nobody listens there
	ConnectionFailed         // no route, reset, or not HTTP
	Timeout                  // the context's deadline, or two seconds for connecting
	TLSError                 // handshake or certificate
	Unauthorized             // 401 or 403
	NotFound                 // 404
	HTTPError                // any other status but 200, or a redirect that is not followed
	TooLarge                 // headers or body beyond their limit
	InvalidDocument          // not the document asked for, malformed, truncated
	Skipped                  // not asked, or given up because the program ends
)

// String returns the value of the result tag.
func (r Result) String() string {
	return [...]string{
		"success", "dns_error", "connection_refused", "connection_failed", "timeout", "tls_error",
		"unauthorized", "not_found", "http_error", "too_large", "invalid_document", "skipped",
	}[r]
}

// Exchange is what came of one Get.
type Exchange struct {
	Result     Result
	Err        error // nil on success; one line of at most 256 bytes, without credentials
	HTTPStatus int   // 0 if there was no answer
	Bytes      int64 // of the body, after decompression

	// Time is the whole exchange, connect to last byte, with all of its round trips.
	Time time.Duration

	// The phases. One that did not happen, as no look-up of an address and no connect on a connection that was kept, has
	// its Has… false. Of several round trips, the last one counts.
	DNS, Connect, TLS, FirstByte             time.Duration
	HasDNS, HasConnect, HasTLS, HasFirstByte bool
}

// Failed is the exchange that did not take place because of err, which may hold anything.
func Failed(err error) Exchange {
	ex := Exchange{}
	ex.Result, ex.Err = classify(err, nil)
	return ex
}

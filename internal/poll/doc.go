// Package poll is one HTTP exchange with one server: a GET, bounded in time and size, authenticated as the server
// wants it, measured phase by phase, and ended with exactly one Result.
//
// # Time
//
// The deadline comes by context only. Only connecting has a bound of its own, two seconds.
//
// # Credentials
//
// They go to the configured scheme, host and port and nowhere else. A redirect that leaves them is not followed, so a
// server cannot send the client to another one and ask there. Digest (RFC 7616, and RFC 2069 where the server offers no qop) answers the
// strongest challenge that is offered, and keeps answering it: a steady poll costs one round trip. Basic is sent
// at once to servers whose protocol is such (Icecast), and only after a Basic challenge to all others.
//
// # Size
//
// Headers, body, and what is drained of a body that nobody wants are bounded; the body after decompression.
package poll

package emulator

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Fault is a way for a server to fail.
type Fault struct {
	Name     string
	atAccept func(*server, net.Conn) // instead of reading a request
	answer   func(*exchange)         // instead of answering it
}

// hang holds a connection until the client or the server ends it.
func hang(s *server, conn net.Conn) {
	gone := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, conn) // ends with the client
		close(gone)
	}()
	select {
	case <-s.done:
		_ = conn.Close()
		<-gone
	case <-gone:
	}
}

// reset ends a connection with RST.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// Hang takes connections and never reads from them.
func Hang() *Fault { return &Fault{Name: "hang", atAccept: hang} }

// HangAfterRequest reads requests and never answers.
func HangAfterRequest() *Fault {
	return &Fault{Name: "hang after the request", answer: func(x *exchange) { hang(x.server, x.conn) }}
}

// ResetAtAccept resets every connection at once.
func ResetAtAccept() *Fault {
	return &Fault{Name: "reset at accept", atAccept: func(_ *server, c net.Conn) { reset(c) }}
}

// write makes a fault that sends bytes and then closes, or resets, the connection.
func write(name string, then func(net.Conn), parts ...string) *Fault {
	return &Fault{Name: name, answer: func(x *exchange) {
		for _, p := range parts {
			if _, err := io.WriteString(x.conn, p); err != nil {
				return
			}
		}
		then(x.conn)
	}}
}

func closeIt(c net.Conn) { _ = c.Close() }

const okHead = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"

// someXML is the beginning of a document of either server.
const someXML = "<?xml version=\"1.0\"?>\n<icestats><source mount=\"/a\"><listeners>1</listeners>"

// ResetInHeaders resets the connection in the middle of the answer's head.
func ResetInHeaders() *Fault {
	return write("reset in the headers", reset, okHead)
}

// ResetInBody resets it in the middle of the body.
func ResetInBody() *Fault {
	return write("reset in the body", reset, okHead+"Content-Length: 100000\r\n\r\n"+someXML)
}

// CloseWithoutAnswer closes it after the request, as a denied address sees it.
func CloseWithoutAnswer() *Fault { return write("closed without an answer", closeIt) }

// ShortBody announces more than it sends.
func ShortBody() *Fault {
	return write("shorter than announced", closeIt, okHead+"Content-Length: 100000\r\n\r\n"+someXML)
}

// Document answers every request with the given body.
func Document(name, body string) *Fault {
	return write(name, closeIt, fmt.Sprintf("%sConnection: close\r\nContent-Length: %d\r\n\r\n", okHead, len(body)), body)
}

// Raw answers with the given bytes, head included.
func Raw(name, response string) *Fault { return write(name, closeIt, response) }

// Status answers with a status and a page of HTML.
func Status(code int) *Fault {
	const page = "<html><body>no</body></html>"
	return Raw(fmt.Sprintf("status %d", code), fmt.Sprintf("HTTP/1.1 %d Status\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", code, len(page), page))
}

// Redirect answers with a redirect.
func Redirect(code int, location string) *Fault {
	return Raw("redirect to "+location, fmt.Sprintf("HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", code, location))
}

// Challenge answers 401 with the given WWW-Authenticate headers, for ever.
func Challenge(headers ...string) *Fault {
	return Raw("401 for ever", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: "+strings.Join(headers, "\r\nWWW-Authenticate: ")+"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

// Endless sends a head and then the same piece of body until the client is gone.
func Endless(name, head, piece string) *Fault {
	return &Fault{Name: name, answer: func(x *exchange) {
		block := strings.Repeat(piece, 1+(32<<10)/len(piece))
		for _, err := io.WriteString(x.conn, head); err == nil; _, err = io.WriteString(x.conn, block) {
			select {
			case <-x.server.done:
				return
			default:
			}
		}
	}}
}

// Slow sends text byte by byte with a pause in between.
func Slow(name, text string, pause time.Duration) *Fault {
	return &Fault{Name: name, answer: func(x *exchange) {
		for i := range len(text) {
			select {
			case <-x.server.done:
				return
			case <-time.After(pause):
			}
			if _, err := io.WriteString(x.conn, text[i:i+1]); err != nil {
				return
			}
		}
	}}
}

// SlowHeaders sends an endless head, a byte at a time.
func SlowHeaders(pause time.Duration) *Fault {
	return Slow("slow headers", okHead+strings.Repeat("X-Padding: x\r\n", 1000), pause)
}

// SlowBody sends the head at once and the body a byte at a time.
func SlowBody(pause time.Duration) *Fault {
	f := Slow("slow body", strings.Repeat(someXML, 1000), pause)
	body := f.answer
	f.answer = func(x *exchange) {
		if _, err := io.WriteString(x.conn, okHead+"\r\n"); err == nil {
			body(x)
		}
	}
	return f
}

// BrokenChunks announces a chunked body and sends something else.
func BrokenChunks() *Fault {
	return Raw("broken chunks", okHead+"Transfer-Encoding: chunked\r\n\r\n5\r\n<ices\r\nzz\r\n")
}

// BadGzip announces gzip and sends something else.
func BadGzip() *Fault {
	return Raw("bad gzip", okHead+"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"+someXML)
}

// GzipBomb sends a small body that becomes a large one of the given size.
func GzipBomb(size int) *Fault {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, someXML) // into memory
	_, _ = io.CopyN(w, spaces{}, int64(size))
	_ = w.Close()
	return Raw("gzip bomb", fmt.Sprintf("%sContent-Encoding: gzip\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", okHead, b.Len(), b.Bytes()))
}

// spaces is an endless reader of white space.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

package emulator

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// server is what both emulators have: a listening socket, one goroutine to accept and one per connection, and counters.
type server struct {
	scheme    string
	tls       *tls.Config
	keepAlive time.Duration // how long an idle connection is kept; 0: the answer says whether to keep it
	answer    func(*exchange) (keep bool)

	mu       sync.Mutex
	listener net.Listener
	addr     string
	conns    map[net.Conn]struct{}
	paths    map[string]int
	host     string // of the last request
	denied   map[string]bool
	fault    *Fault
	lastPath string // after an answer to it the server goes down

	wg           sync.WaitGroup
	done         chan struct{} // closed by Close: what hangs is let go
	connections  atomic.Int64
	requests     atomic.Int64
	unauthorized atomic.Int64
}

// exchange is one request and the connection that its answer goes to.
type exchange struct {
	*http.Request
	server *server
	conn   net.Conn
	w      *bufio.Writer
}

func (s *server) start(addr string, config *tls.Config) error {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	s.scheme, s.tls, s.done = "http", config, make(chan struct{})
	if config != nil {
		s.scheme = "https"
	}
	s.conns, s.paths, s.denied = map[net.Conn]struct{}{}, map[string]int{}, map[string]bool{}
	return s.listen(addr)
}

func (s *server) listen(addr string) error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return fmt.Errorf("emulated server: %w", err)
	}
	s.listener, s.addr = l, l.Addr().String()
	s.wg.Go(func() { s.accept(l) })
	return nil
}

// URL is the base URL of the server.
func (s *server) URL() string { return s.scheme + "://" + s.addr }

// Addr is its host:port.
func (s *server) Addr() string { return s.addr }

// Requests is how many requests were read, Connections how many connections were accepted, Unauthorized how many 401 were sent.
func (s *server) Requests() int     { return int(s.requests.Load()) }
func (s *server) Connections() int  { return int(s.connections.Load()) }
func (s *server) Unauthorized() int { return int(s.unauthorized.Load()) }

// RequestsTo is how many requests were read for a path.
func (s *server) RequestsTo(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paths[path]
}

// LastHost is the Host header of the last request.
func (s *server) LastHost() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.host
}

// Deny answers requests to a path with 403, as a proxy in front of the server does.
func (s *server) Deny(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied[path] = true
}

// DownAfter makes the server go down behind its next answer to a path.
func (s *server) DownAfter(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastPath = path
}

// SetFault makes the server answer as f says from the next connection on; nil makes it well again.
func (s *server) SetFault(f *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

func (s *server) currentFault() *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// SetDown closes the listening socket, so that connections are refused, or opens it again on the same port.
func (s *server) SetDown(down bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case down && s.listener != nil:
		err := s.listener.Close()
		s.listener = nil
		for c := range s.conns {
			_ = c.Close() // the process is gone, and its connections with it
		}
		return err
	case !down && s.listener == nil:
		return s.listen(s.addr)
	}
	return nil
}

// Close ends the server and waits for all of its goroutines.
func (s *server) Close() {
	s.mu.Lock()
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	if s.listener != nil {
		_ = s.listener.Close()
		s.listener = nil
	}
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

func (s *server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // the client was gone before
		}
		s.connections.Add(1)
		s.wg.Go(func() { s.serve(conn) })
	}
}

// serve reads requests from one connection until it is not kept.
func (s *server) serve(conn net.Conn) {
	defer conn.Close()
	if !s.track(conn) {
		return
	}
	defer s.untrack(conn)
	if f := s.currentFault(); f != nil && f.atAccept != nil {
		f.atAccept(s, conn)
		return
	}
	if s.tls != nil {
		conn = tls.Server(conn, s.tls)
	}
	r, w := bufio.NewReaderSize(conn, 1024), bufio.NewWriterSize(conn, 4096)
	for keep := true; keep; {
		if s.keepAlive > 0 {
			_ = conn.SetReadDeadline(time.Now().Add(s.keepAlive))
		}
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		_ = conn.SetReadDeadline(time.Time{})
		denied, last := s.count(req), s.ends(req.URL.Path)
		x := &exchange{Request: req, server: s, conn: conn, w: w}
		if f := s.currentFault(); f != nil && f.answer != nil {
			f.answer(x)
			keep = false
		} else if denied {
			Status(http.StatusForbidden).answer(x)
			keep = false
		} else {
			keep = s.answer(x)
		}
		if w.Flush() != nil || last {
			return
		}
	}
}

func (s *server) count(req *http.Request) (denied bool) {
	s.requests.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.host = req.Host
	s.paths[req.URL.Path]++
	return s.denied[req.URL.Path]
}

// ends takes the listener away if this is the last answer: before it is sent, for a client that has it may come again at once.
func (s *server) ends(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lastPath != path || s.listener == nil {
		return false
	}
	_ = s.listener.Close()
	s.listener = nil
	return true
}

func (s *server) track(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		return false
	default:
		s.conns[conn] = struct{}{}
		return true
	}
}

func (s *server) untrack(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

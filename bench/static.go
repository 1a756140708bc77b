//go:build bench

package main

import (
	"bufio"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
)

// static are servers on loopback that answer every request for a path with the same bytes and close the connection, as Icecast
// does. They cost as little as can be, and run in another process than the one that is measured.
type static struct {
	urls      []string
	listeners []net.Listener
	answered  atomic.Int64 // requests
	wg        sync.WaitGroup
}

// serve starts so many servers with the given bodies by the end of the path.
func serve(servers int, bodies map[string][]byte) (*static, error) {
	answers := map[string][]byte{}
	for path, body := range bodies {
		head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: Close\r\nContent-Length: %d\r\n\r\n", len(body))
		answers[path] = append([]byte(head), body...)
	}
	s := &static{}
	for i := range servers {
		// Addresses of loopback take turns, so that closed connections do not use up the ports of one.
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.%d.%d:0", i/250%250, 1+i%250))
		if err != nil {
			s.close()
			return nil, err
		}
		s.listeners = append(s.listeners, l)
		s.urls = append(s.urls, "http://"+l.Addr().String())
		s.wg.Go(func() { s.accept(l, answers) })
	}
	return s, nil
}

func (s *static) close() {
	for _, l := range s.listeners {
		_ = l.Close()
	}
	s.wg.Wait()
}

func (s *static) accept(l net.Listener, answers map[string][]byte) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			r := textproto.NewReader(bufio.NewReaderSize(conn, 1024))
			request, err := r.ReadLine()
			if err != nil {
				return
			}
			for line := "-"; line != ""; {
				if line, err = r.ReadLine(); err != nil {
					return
				}
			}
			for path, answer := range answers {
				if strings.Contains(request, path) {
					s.answered.Add(1)
					_, _ = conn.Write(answer)
				}
			}
		}()
	}
}

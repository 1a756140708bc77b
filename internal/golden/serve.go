package golden

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// serve answers one request a connection, as these servers do.
func serve(t *testing.T, dir string) net.Listener {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { answer(conn, dir) })
		}
	})
	return l
}

func answer(conn net.Conn, dir string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	request, err := r.ReadString('\n')
	if err != nil {
		return
	}
	for line := request; strings.TrimSpace(line) != ""; {
		if line, err = r.ReadString('\n'); err != nil {
			return
		}
	}
	path, _, _ := strings.Cut(strings.Fields(request)[1], "?")
	name := filepath.Join(dir, path[strings.LastIndexByte(path, '/')+1:])
	body, err := os.ReadFile(name + ".xml")
	if err != nil {
		fmt.Fprint(conn, "HTTP/1.0 404 Not Found\r\n\r\n")
		return
	}
	head, err := os.ReadFile(name + ".head")
	if err != nil {
		head = []byte("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
	}
	_, _ = conn.Write(append(head, body...))
}

package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	password = "e2e-secret"
	nobody   = 65534 // Icecast refuses to run as root
)

// icecast is a real Icecast 2.4.
type icecast struct {
	addr    string
	dir     string
	process *process
}

// startIcecast starts a server on a free port. more is put into its configuration.
func startIcecast(t *testing.T, more string) *icecast {
	t.Helper()
	dir, err := os.MkdirTemp("", "icecast") // t.TempDir cannot be read by nobody
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	i := &icecast{addr: fmt.Sprintf("127.0.0.1:%d", freePort(t)), dir: dir}
	_, port, _ := net.SplitHostPort(i.addr)
	conf := fmt.Sprintf(`<icecast>
  <limits><clients>100</clients><sources>20</sources><queue-size>524288</queue-size><burst-size>1024</burst-size>
    <client-timeout>30</client-timeout><header-timeout>15</header-timeout><source-timeout>10</source-timeout></limits>
  <authentication><source-password>%[1]s</source-password><relay-password>%[1]s</relay-password>
    <admin-user>admin</admin-user><admin-password>%[1]s</admin-password></authentication>
  <hostname>127.0.0.1</hostname>
  <listen-socket><port>%[2]s</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths><basedir>/usr/share/icecast2</basedir><logdir>%[3]s</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>3</loglevel></logging>
  <security><chroot>0</chroot></security>
  %[4]s
</icecast>`, password, port, i.dir, more)
	if err := os.WriteFile(filepath.Join(i.dir, "icecast.xml"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	i.run(t)
	return i
}

// run starts the server's process, also again after it was killed.
func (i *icecast) run(t *testing.T) {
	t.Helper()
	i.process = start(t, nil, nobody, "icecast2", "-c", filepath.Join(i.dir, "icecast.xml"))
	listening(t, i.addr, i.process)
}

func (i *icecast) url() string { return "http://" + i.addr }

// client is a connection to a server: a source that sends, or a listener that reads.
type client struct {
	conn net.Conn
	wg   sync.WaitGroup
	once sync.Once
}

func (c *client) close() {
	c.once.Do(func() {
		_ = c.conn.Close()
		c.wg.Wait()
	})
}

// frame is one silent MPEG-1 layer III frame: 32 kbit/s, 44.1 kHz, 104 bytes, 26 ms.
var frame = append([]byte{0xFF, 0xFB, 0x10, 0xC0}, make([]byte, 100)...)

// source connects a source and keeps it sending in real time.
func (i *icecast) source(t *testing.T, mount string, headers ...string) *client {
	t.Helper()
	lines := append([]string{
		"SOURCE " + mount + " HTTP/1.0", "Authorization: " + basic("source"), "Content-Type: audio/mpeg", "User-Agent: e2e-source",
	}, headers...)
	c := i.open(t, lines)
	c.wg.Go(func() {
		chunk := []byte(strings.Repeat(string(frame), 8))
		for {
			if _, err := c.conn.Write(chunk); err != nil {
				return
			}
			time.Sleep(200 * time.Millisecond)
		}
	})
	return c
}

// listen attaches a listener.
func (i *icecast) listen(t *testing.T, mount string) *client {
	t.Helper()
	c := i.open(t, []string{"GET " + mount + " HTTP/1.0", "User-Agent: e2e-listener"})
	c.wg.Go(func() {
		buf := make([]byte, 4096)
		for {
			if _, err := c.conn.Read(buf); err != nil {
				return
			}
		}
	})
	return c
}

// open sends the head of a request and expects 200.
func (i *icecast) open(t *testing.T, lines []string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", i.addr)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{conn: conn}
	t.Cleanup(c.close)
	if _, err := conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	status, err := bufio.NewReaderSize(conn, 64).ReadString('\n')
	if err != nil || !strings.Contains(status, " 200 ") {
		t.Fatalf("%s: answer %q, %v", lines[0], status, err)
	}
	_ = conn.SetReadDeadline(time.Time{})
	return c
}

func basic(user string) string {
	req := &http.Request{Header: http.Header{}}
	req.SetBasicAuth(user, password)
	return req.Header.Get("Authorization")
}

// setTitle sets a mount's title through /admin/metadata, its bytes in the given charset.
func (i *icecast) setTitle(t *testing.T, mount, title, charset string) {
	t.Helper()
	query := url.Values{"mode": {"updinfo"}, "mount": {mount}, "song": {title}, "charset": {charset}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, i.url()+"/admin/metadata?"+query.Encode(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("admin", password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("setting a title: %s", resp.Status)
	}
}

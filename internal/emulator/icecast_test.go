package emulator

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const captures = "../../plugins/inputs/icecast/testcases/" // of real servers

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// get asks a server with the user and password of its zero configuration.
func get(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("admin", "hackme")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

// like starts a server in the state in which a real one was captured: one mount with one listener.
func like(t *testing.T, family Family, served time.Time, connected time.Duration) *Icecast {
	t.Helper()
	i, err := StartIcecast(IcecastConfig{Family: family, Now: func() time.Time { return served }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	i.SetMount(Mount{Name: "/one.mp3", Listeners: 1, Connected: served.Add(-connected)})
	return i
}

func TestListmountsIsByteForByteTheRealServers(t *testing.T) {
	served := time.Date(2026, 11, 24, 1, 16, 42, 0, time.UTC)
	for dir, i := range map[string]*Icecast{
		"icecast-kh-one-listener":    like(t, KH, served, 23*time.Second),
		"icecast-2.4.4-one-listener": like(t, V24, served, 22*time.Second),
	} {
		resp, body := get(t, i.URL()+"/admin/listmounts")
		if want := readFile(t, captures+dir+"/listmounts.xml"); !bytes.Equal(body, want) {
			t.Errorf("%s: sent\n%s\nthe real one sent\n%s", dir, body, want)
		}
		head := string(readFile(t, captures+dir+"/listmounts.head"))
		if !strings.HasPrefix(head, resp.Proto+" "+resp.Status+"\r\n") {
			t.Errorf("%s: %s %s", dir, resp.Proto, resp.Status)
		}
		for _, name := range []string{"Server", "Date", "Content-Type", "Content-Length"} {
			if !strings.Contains(head, "\r\n"+name+": "+resp.Header.Get(name)+"\r\n") {
				t.Errorf("%s: %s is %q, not what the real one sends:\n%s", dir, name, resp.Header.Get(name), head)
			}
		}
		if !resp.Close {
			t.Errorf("%s: the connection is not closed after the answer", dir)
		}
	}
}

// elements are the names of a document's elements in their order, each as often as it comes.
func elements(t *testing.T, document []byte) (names []string) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(document)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			names = append(names, start.Name.Local)
		}
	}
}

// A real server has a few nodes more; those that are emulated stand where the real ones do.
func TestNodesOfStatsStandInTheRealServersOrder(t *testing.T) {
	now := time.Now()
	for dir, i := range map[string]*Icecast{
		"icecast-kh-one-listener":    like(t, KH, now, time.Minute),
		"icecast-2.5.0-one-listener": like(t, V25, now, time.Minute),
	} {
		_, body := get(t, i.URL()+"/admin/stats")
		captured := elements(t, readFile(t, captures+dir+"/stats.xml"))
		for _, name := range elements(t, body) {
			for len(captured) > 0 && captured[0] != name {
				captured = captured[1:]
			}
			if len(captured) == 0 {
				t.Errorf("%s: <%s> is not where the real server has it\n%s", dir, name, body)
				break
			}
			captured = captured[1:]
		}
	}
}

func TestAWrongPasswordIsRefusedAsByTheFamily(t *testing.T) {
	for family, want := range map[Family]string{
		KH: `Basic realm="Icecast 2.4.0-kh22"`, V24: `Basic realm="Icecast2 Server"`, V25: `Basic realm="Icecast2 Server"`,
	} {
		i := like(t, family, time.Now(), time.Minute)
		resp, err := http.Get(i.URL() + "/admin/stats")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		http.DefaultClient.CloseIdleConnections()
		if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") != want || i.Unauthorized() != 1 {
			t.Errorf("family %d: %s, %q", family, resp.Status, resp.Header.Get("WWW-Authenticate"))
		}
	}
}

func TestOtherPathsAreAnsweredAsByTheFamily(t *testing.T) {
	for _, c := range []struct {
		family Family
		path   string
		status int
	}{
		{KH, "/admin/unheard-of", 200}, // KH takes it for stats
		{V24, "/admin/unheard-of", 400},
		{V25, "/admin/unheard-of", 400},
		{V24, "/status-json.xsl", 404},
	} {
		if resp, _ := get(t, like(t, c.family, time.Now(), time.Minute).URL()+c.path); resp.StatusCode != c.status {
			t.Errorf("family %d %s: %s, want %d", c.family, c.path, resp.Status, c.status)
		}
	}
}

func TestAServerThatIsDownRefusesAndComesBackOnItsPort(t *testing.T) {
	i := like(t, KH, time.Now(), time.Minute)
	url := i.URL()
	if err := i.SetDown(true); err != nil {
		t.Fatal(err)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("a server that is down answers")
	}
	if err := i.SetDown(false); err != nil {
		t.Fatal(err)
	}
	if resp, _ := get(t, url+"/admin/listmounts"); resp.StatusCode != http.StatusOK || i.URL() != url {
		t.Errorf("%s: %s", i.URL(), resp.Status)
	}
}

func TestTheDemonstrationLives(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	w, err := StartWorld(1, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	states := map[bool]int{}
	for range 40 {
		now = now.Add(2 * time.Second)
		if err := w.Step(); err != nil {
			t.Fatal(err)
		}
		w.icecast[2].mu.Lock()
		states[w.icecast[2].listener != nil]++
		w.icecast[2].mu.Unlock()
	}
	if states[false] == 0 || states[true] == 0 {
		t.Errorf("the server that is down now and then was up %d times and down %d times", states[true], states[false])
	}
	restarted := 0
	for _, s := range w.icecast {
		for _, m := range s.mounts {
			if now.Sub(m.Connected) < time.Hour {
				restarted++
			}
		}
	}
	if restarted == 0 {
		t.Error("no source restarted")
	}
}

package emulator

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The examples of the standards: RFC 2617 3.5 and RFC 7616 3.9.1.
func TestDigestResponsesAreThoseOfTheStandards(t *testing.T) {
	for _, c := range []struct {
		name   string
		auth   *digestAuth
		fields map[string]string
		target string
		want   string
	}{
		{"RFC 2617", &digestAuth{username: "Mufasa", password: "Circle Of Life", realm: "testrealm@host.com", algorithm: "MD5", qop: true},
			map[string]string{"nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "nc": "00000001", "cnonce": "0a4f113b", "qop": "auth"},
			"/dir/index.html", "6629fae49393a05397450978507c4ef1"},
		{"RFC 2069, of the same", &digestAuth{username: "Mufasa", password: "CircleOfLife", realm: "testrealm@host.com"},
			map[string]string{"nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"},
			"/dir/index.html", "1949323746fe6a43ef61f9606e7febea"}, // RFC 2069 2.4 with its erratum 749
		{"RFC 7616, MD5", &digestAuth{username: "Mufasa", password: "Circle of Life", realm: "http-auth@example.org", algorithm: "MD5", qop: true},
			map[string]string{"nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "nc": "00000001", "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "qop": "auth"},
			"/dir/index.html", "8ca523f5e9506fed4657c9700eebdbec"},
		{"RFC 7616, SHA-256", &digestAuth{username: "Mufasa", password: "Circle of Life", realm: "http-auth@example.org", algorithm: "SHA-256", qop: true},
			map[string]string{"nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "nc": "00000001", "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "qop": "auth"},
			"/dir/index.html", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
	} {
		if got := c.auth.response(c.fields, http.MethodGet, c.target); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDigestResponsesThatAreNotRightAreRefused(t *testing.T) {
	d := digestAuth{username: "u", password: "p", realm: "Wowza", algorithm: "MD5", qop: true, strictNC: true}
	d.rotate()
	header := func(change func(f map[string]string)) string {
		f := map[string]string{
			"username": "u", "realm": "Wowza", "nonce": d.nonce, "uri": "/x", "algorithm": "MD5", "qop": "auth", "nc": "00000001", "cnonce": "c",
		}
		f["response"] = d.response(f, http.MethodGet, "/x")
		change(f)
		var parts []string
		for k, v := range f {
			parts = append(parts, k+`="`+v+`"`)
		}
		return "Digest " + strings.Join(parts, ", ")
	}
	for what, change := range map[string]func(map[string]string){
		"another user":      func(f map[string]string) { f["username"] = "v" },
		"another realm":     func(f map[string]string) { f["realm"] = "Vowza" },
		"another URI":       func(f map[string]string) { f["uri"] = "/y" },
		"another algorithm": func(f map[string]string) { f["algorithm"] = "SHA-256" },
		"a wrong response":  func(f map[string]string) { f["response"] = strings.Repeat("0", 32) },
		"another nonce":     func(f map[string]string) { f["nonce"] = "n" },
		"a short nc":        func(f map[string]string) { f["nc"] = "1" },
		"no cnonce":         func(f map[string]string) { f["cnonce"] = "" },
	} {
		if ok, _ := d.verify(header(change), http.MethodGet, "/x"); ok {
			t.Errorf("%s is taken", what)
		}
	}
	right := header(func(map[string]string) {})
	if ok, _ := d.verify(right, http.MethodGet, "/x"); !ok {
		t.Error("the right one is refused")
	}
	if ok, _ := d.verify(right, http.MethodGet, "/x"); ok {
		t.Error("the same nonce count is taken twice")
	}
	d.rotate()
	if ok, _ := d.verify("Basic dTpw", http.MethodGet, "/x"); ok {
		t.Error("Basic is taken")
	}
}

func TestAFormerNonceIsStaleAndAnUnknownOneIsNot(t *testing.T) {
	d := digestAuth{username: "u", password: "p", realm: "R", rest: true, algorithm: "MD5", qop: true}
	d.rotate()
	f := map[string]string{"nonce": d.nonce, "nc": "00000001", "cnonce": "c", "qop": "auth"}
	header := `Digest username="u", realm="R", uri="/x", qop=auth, nc=00000001, cnonce="c", nonce="` + d.nonce + `", response="` + d.response(f, "GET", "/x") + `"`
	d.rotate()
	if ok, stale := d.verify(header, "GET", "/x"); ok || !stale {
		t.Errorf("a former nonce: ok %t, stale %t", ok, stale)
	}
	if !strings.Contains(d.challenge(true), "stale=true") {
		t.Error("the challenge does not say so")
	}
}

func TestBasicToAServerThatAsksForDigestIsCounted(t *testing.T) {
	w, err := StartWowza(WowzaConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	resp, _ := get(t, w.URL()+"/connectioncounts")
	if resp.StatusCode != http.StatusUnauthorized || w.BasicRefused() != 1 {
		t.Errorf("%s, counted %d", resp.Status, w.BasicRefused())
	}
}

// The provider's document of version 3, as an operator published it, with its white space taken out.
func TestTheDocumentHasTheRealServersElements(t *testing.T) {
	now := time.Now()
	w, err := StartWowza(WowzaConfig{Auth: ProfileNone, Root: "WowzaMediaServer", NoMPEGDash: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.SetStream("_defaultVHost_", "vod", "_definst_", Stream{Name: "mp4:a b.mp4", Flash: 1})
	_, body := get(t, w.URL()+"/connectioncounts")
	got := elements(t, body)
	want := elements(t, readFile(t, "../../plugins/inputs/wowza/testcases/wms3-vod-one-stream/connectioncounts.xml"))
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("elements\n%s\nthe real one's\n%s", got, want)
	}
	if !bytes.Contains(body, []byte("<Name>mp4%3Aa+b.mp4</Name>")) {
		t.Errorf("names are not form-encoded: %s", body)
	}
	w.UnloadApplication("_defaultVHost_", "vod")
	if _, body = get(t, w.URL()+"/connectioncounts"); bytes.Contains(body, []byte("<Application>")) {
		t.Errorf("an unloaded application is still there: %s", body)
	}
}

func TestAnUnknownPathIsAPageOfHTML(t *testing.T) {
	for notFound, status := range map[bool]int{false: 200, true: 404} {
		w, err := StartWowza(WowzaConfig{NotFound: notFound})
		if err != nil {
			t.Fatal(err)
		}
		resp, body := get(t, w.URL()+"/serverinfo")
		if resp.StatusCode != status || !notFound && !bytes.HasPrefix(body, []byte("<html>")) {
			t.Errorf("%s %s", resp.Status, body)
		}
		w.Close()
	}
}

// Forms of Double.toString and URLEncoder.encode, from their documentation.
func TestNumbersAndNamesAreJavas(t *testing.T) {
	for v, want := range map[float64]string{0: "0.0", 1: "1.0", 123.456: "123.456", 1e7: "1.0E7", 12345678.9: "1.23456789E7", 0.001: "0.001", 0.0001: "1.0E-4"} {
		if got := JavaDouble(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
	if got := JavaURLEncode("mp4:ä b/c*.mp4~"); got != "mp4%3A%C3%A4+b%2Fc*.mp4%7E" {
		t.Errorf("name %s", got)
	}
}

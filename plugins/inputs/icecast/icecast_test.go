package icecast

import (
	"testing"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/plugins/inputs"
	"go.uber.org/goleak"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newPlugin makes a plugin with its defaults, as Telegraf does, changed by the given functions.
func newPlugin(t testing.TB, url string, change ...func(*Icecast)) *Icecast {
	t.Helper()
	p := inputs.Inputs["icecast"]().(*Icecast)
	p.URLs = []string{url}
	p.Username, p.Password = "admin", "adminpw"
	p.Log = golden.Logger()
	for _, f := range change {
		f(p)
	}
	if err := p.Init(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// TestCapturesOfRealServers gathers once from what Icecast-KH, 2.4.4 and 2.5.0 answered in a laboratory. All texts are emitted, so that
// what comes of odd ones is seen.
func TestCapturesOfRealServers(t *testing.T) {
	golden.Run(t, "testcases", func(t *testing.T, url string) telegraf.Input {
		return newPlugin(t, url, func(p *Icecast) { p.Metadata = metadataFields[:] })
	})
}

package wowza

import (
	"testing"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/plugins/inputs"
	"go.uber.org/goleak"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/golden"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newPlugin makes a plugin with its defaults, as Telegraf does, changed by the given functions.
func newPlugin(t testing.TB, url string, change ...func(*Wowza)) *Wowza {
	t.Helper()
	p := inputs.Inputs["wowza"]().(*Wowza)
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

// TestDocuments gathers once from every document in testcases; ORIGINS.md says which are real.
func TestDocuments(t *testing.T) {
	golden.Run(t, "testcases", func(t *testing.T, url string) telegraf.Input { return newPlugin(t, url) })
}

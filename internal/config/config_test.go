package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/influxdata/telegraf"
	"github.com/rogpeppe/go-internal/txtar"
	"go.uber.org/goleak"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/icecast"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/plugins/inputs/wowza"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The exact messages, file by file, are in the scripts of cmd/telegraf-icecast-wowza.

func load(t testing.TB, text string) (*File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plugin.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, func(name string) (string, bool) {
		value, ok := map[string]string{"PASSWORD": `pa$$"w\ord${X}`, "EMPTY": ""}[name]
		return value, ok
	})
}

func TestAnyNumberOfBlocksOfBothKindsInTheOrderOfTheFile(t *testing.T) {
	f, err := load(t, `
[[inputs.wowza]]
urls = ["http://w1:8086"]
[[inputs.icecast]]
urls = ["http://a:8000"]
[[inputs.icecast]]
urls = ["http://b:8000"]
max_mounts = 7
[inputs.icecast.tags]
region = "eu"
`)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Init(); err != nil {
		t.Fatal(err)
	}
	defer stop(f)
	kinds := ""
	for _, b := range f.Blocks {
		kinds += b.Kind + " "
	}
	last := f.Blocks[len(f.Blocks)-1]
	if kinds != "wowza icecast icecast " || last.Tags["region"] != "eu" || last.Input.(*icecast.Icecast).MaxMounts != 7 {
		t.Errorf("blocks %q, the last one %+v", kinds, last)
	}
}

func stop(f *File) {
	for _, b := range f.Blocks {
		b.Input.(telegraf.ServiceInput).Stop()
	}
}

func TestWhatAVariableHoldsIsTakenAsItIs(t *testing.T) {
	f, err := load(t, "[[inputs.wowza]]\nurls = [\"http://w:8086\"]\nusername = \"u\"\npassword = \"<${PASSWORD}>${EMPTY}$1 $${PASSWORD}\"\n")
	if err != nil {
		t.Fatal(err)
	}
	want := `<pa$$"w\ord${X}>$1 ${PASSWORD}`
	if got := f.Blocks[0].Input.(*wowza.Wowza).Password; got != want {
		t.Errorf("password %q, want %q", got, want)
	}
}

func TestAFileThatIsNoTextIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"\xff\xfe[\x00[\x00":         ": is not UTF-8 text but UTF-16 or binary; save it as UTF-8",
		"a = 1\x00":                  ": is not UTF-8 text but UTF-16 or binary; save it as UTF-8",
		"# ok\n# ü\n# latin\xe9\n":   ":3: is not UTF-8 text; save it as UTF-8",
		"\xef\xbb\xbf# nothing here": ": no server is configured: write at least one [[inputs.icecast]] or [[inputs.wowza]] block; -sample-config prints an example",
	} {
		if _, err := load(t, text); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestAFileThatCannotBeReadIsRefused(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		dir:              dir + ": cannot be read: is a directory",
		dir + "/nowhere": dir + "/nowhere: no such file; write one, -sample-config prints an example",
	} {
		if _, err := Load(path, os.LookupEnv); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if os.Geteuid() == 0 {
		return // may read everything
	}
	path := filepath.Join(dir, "secret.conf")
	if err := os.WriteFile(path, nil, 0); err != nil {
		t.Fatal(err)
	}
	want := path + ": may not be read; it has to be readable for the user that Telegraf runs as"
	if _, err := Load(path, os.LookupEnv); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// Whatever the file holds, it is taken or refused with a line that is there, and nothing panics. A password is never in the error.
func FuzzLoad(f *testing.F) {
	scripts, err := filepath.Glob("../../cmd/telegraf-icecast-wowza/testdata/script/*/*.txtar")
	if err != nil || len(scripts) == 0 {
		f.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		a, err := txtar.ParseFile(script)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(string(file.Data))
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, "fuzzed.conf")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		const secret = "v3ry-s3cr3t"
		file, err := Load(path, func(string) (string, bool) { return secret, true })
		if err == nil {
			if err = file.Init(); err == nil {
				stop(file)
				return
			}
		}
		var e *Error
		if !errors.As(err, &e) || e.Line < 0 || e.Line > 1+strings.Count(text, "\n") || strings.ContainsAny(err.Error(), "\n\r") || strings.Contains(err.Error(), secret) {
			t.Errorf("%q is refused with %q", text, err)
		}
	})
}

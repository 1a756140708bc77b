package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The same commit and version, built twice, give the same bytes.
func TestPackagesAreReproducible(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1795521600")
	first, second := t.TempDir(), t.TempDir()
	for _, dir := range []string{first, second} {
		if err := run("1.2.3", dir, "linux_amd64"); err != nil {
			t.Fatal(err)
		}
	}
	one, err := os.ReadFile(filepath.Join(first, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := os.ReadFile(filepath.Join(second, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	if string(one) != string(two) {
		t.Errorf("first\n%ssecond\n%s", one, two)
	}
	for _, suffix := range []string{".deb", ".rpm", ".tar.gz", ".cdx.json"} {
		if !strings.Contains(string(one), suffix+"\n") {
			t.Errorf("no %s in\n%s", suffix, one)
		}
	}
}

// The shell completions and the manual know every flag that the program's own help has.
func TestManualAndCompletionsKnowEveryFlag(t *testing.T) {
	source, err := os.ReadFile("../../cmd/telegraf-icecast-wowza/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(source)) {
		flag, ok := strings.CutPrefix(line, "  -")
		if !ok {
			continue
		}
		flag = flag[:strings.IndexAny(flag, " [")]
		for _, file := range []string{"telegraf-icecast-wowza.1", "completion.bash", "completion.zsh", "completion.fish"} {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), "-"+flag) && !strings.Contains(string(text), "-o "+flag) {
				t.Errorf("%s does not have -%s", file, flag)
			}
		}
	}
}

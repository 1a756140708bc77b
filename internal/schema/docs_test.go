package schema

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of the documentation anew")

var tables = regexp.MustCompile(`(?s)(<!-- schema (icecast|wowza|both) -->\n).*?(<!-- end -->)`)

// The tables of the documentation are what -schema prints.
func TestDocumentationIsTheSchema(t *testing.T) {
	for _, file := range []string{"../../docs/metrics.md", "../../plugins/inputs/icecast/README.md", "../../plugins/inputs/wowza/README.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		want := tables.ReplaceAllFunc(text, func(section []byte) []byte {
			found = true
			parts := tables.FindSubmatch(section)
			var b bytes.Buffer
			b.Write(parts[1])
			platform := map[string]Platform{"icecast": Icecast, "wowza": Wowza, "both": Both}[string(parts[2])]
			if err := WriteMarkdown(&b, platform); err != nil {
				t.Fatal(err)
			}
			b.Write(parts[3])
			return b.Bytes()
		})
		if !found {
			t.Errorf("%s has no table of the schema", file)
		}
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		} else if !bytes.Equal(text, want) {
			t.Errorf("%s is not what -schema prints: run make docs", file)
		}
	}
}

// A README by Telegraf's template has the sample configuration, word for word.
func TestDocumentationHasTheSampleConfiguration(t *testing.T) {
	for _, plugin := range []string{"icecast", "wowza"} {
		dir := "../../plugins/inputs/" + plugin
		readme, err := os.ReadFile(dir + "/README.md")
		if err != nil {
			t.Fatal(err)
		}
		sample, err := os.ReadFile(dir + "/sample.conf")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(readme), "```toml @sample.conf\n"+string(sample)+"```\n") {
			t.Errorf("%s/README.md has another sample.conf", dir)
		}
	}
}

package dashboards

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var linkedValue = regexp.MustCompile(`\$\{__(data|field)[^}]*\}`)

// unlinked is what is wrong with the links of panels and with the queries of variables.
func unlinked(t *testing.T, text []byte) (found []string) {
	t.Helper()
	var b struct {
		Panels     []any
		Templating struct {
			List []struct{ Name, Type, Query string }
		}
	}
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			url, _ := v["url"].(string)
			for _, value := range linkedValue.FindAllString(url, -1) {
				if !strings.HasSuffix(value, ":percentencode}") {
					found = append(found, fmt.Sprintf("%s in %s", value, url))
				}
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(b.Panels)
	for _, v := range b.Templating.List {
		if v.Type == "query" && !strings.Contains(v.Query, "time > ") {
			found = append(found, "variable "+v.Name+" asks for all that ever was")
		}
	}
	titles := map[string]bool{}
	for _, p := range load(t, text).Panels {
		if titles[p.Title] {
			found = append(found, "two panels are called "+p.Title)
		}
		titles[p.Title] = true
	}
	return found
}

// A mount may have &, + or # in its name; Grafana leaves them as they are in a link if it is not told to encode them.
func TestLinksCarryAnyNameAndVariablesAreBounded(t *testing.T) {
	for _, name := range names {
		text, err := Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range unlinked(t, text) {
			t.Errorf("%s: %s", name, problem)
		}
		for _, from := range []string{":percentencode", " time > now() - 7d"} {
			if broken := strings.ReplaceAll(string(text), from, ""); len(unlinked(t, []byte(broken))) == 0 {
				t.Errorf("%s without %q is not found", name, from)
			}
		}
	}
}

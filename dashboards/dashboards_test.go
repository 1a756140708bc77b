package dashboards

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// board is what these tests look at; Grafana's classic dashboard model has more.
type board struct {
	UID, Title, Description, Refresh, Timezone string
	SchemaVersion                              int
	Time                                       struct{ From, To string }
	Links                                      []struct {
		URL                   string
		KeepTime, IncludeVars bool
	}
	Templating  struct{ List []variable }
	Annotations struct{ List []annotation }
	Panels      []panel
	Inputs      []any `json:"__inputs"`
}

type variable struct{ Name, Type, AllValue string }

type annotation struct {
	Name, Query, TextColumn, TagsColumn string
	BuiltIn                             int
	Target                              map[string]any
}

type panel struct {
	ID                       int
	Type, Title, Description string
	GridPos                  struct{ X, Y, W, H int }
	Datasource               struct{ Type, UID string }
	FieldConfig              struct {
		Defaults struct {
			Unit       string
			Thresholds struct{ Steps []any }
			Links      []struct{ URL string }
		}
	}
	Targets []struct {
		RefID, Query, ResultFormat string
		RawQuery                   bool
	}
}

var (
	panelTypes = []string{"timeseries", "stat", "table", "bargauge", "state-timeline", "text"}
	units      = []string{"short", "s", "bps", "dateTimeFromNow"}
)

var names = []string{"overview.json", "host.json", "channel.json"}

func load(t *testing.T, text []byte) board {
	t.Helper()
	var b board
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// problems is everything that is wrong with a dashboard.
func problems(b board) (found []string) {
	bad := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	switch {
	case b.SchemaVersion > 37:
		bad("schemaVersion %d is not read by Grafana 9.4", b.SchemaVersion)
	case len(b.Inputs) > 0:
		bad("__inputs do not work with provisioning")
	case b.UID == "" || b.Title == "" || b.Description == "":
		bad("a dashboard needs uid, title and description")
	case b.Refresh != "5s" || b.Time.From != "now-15m" || b.Timezone != "browser":
		bad("refresh %q, from %q, timezone %q", b.Refresh, b.Time.From, b.Timezone)
	}
	var variables []string
	for _, v := range b.Templating.List {
		variables = append(variables, v.Name)
	}
	if len(variables) < 3 || b.Templating.List[0].Type != "datasource" {
		bad("variables %q", variables)
	}
	for _, l := range b.Links {
		if !l.KeepTime || !l.IncludeVars {
			bad("the link to %s loses time or variables", l.URL)
		}
	}
	for _, a := range b.Annotations.List {
		if a.BuiltIn == 0 && !a.complete() {
			bad("annotation %s has no full target", a.Name)
		}
	}
	ids := map[int]bool{}
	for i, p := range b.Panels {
		if ids[p.ID] {
			bad("two panels with id %d", p.ID)
		}
		ids[p.ID] = true
		for _, problem := range p.problems(variables) {
			bad("panel %q: %s", p.Title, problem)
		}
		for _, q := range b.Panels[:i] {
			if p.GridPos.X < q.GridPos.X+q.GridPos.W && q.GridPos.X < p.GridPos.X+p.GridPos.W && p.GridPos.Y < q.GridPos.Y+q.GridPos.H && q.GridPos.Y < p.GridPos.Y+p.GridPos.H {
				bad("panels %q and %q overlap", p.Title, q.Title)
			}
		}
	}
	return found
}

// complete says that an annotation works in Grafana 9.4 and 12.4 alike: it needs a target that repeats everything.
func (a annotation) complete() bool {
	t := a.Target
	return t["query"] == a.Query && t["rawQuery"] == true && t["queryType"] == "tags" && t["fromAnnotations"] == true && t["refId"] != nil &&
		t["textColumn"] == a.TextColumn && t["tagsColumn"] == a.TagsColumn && t["name"] == a.Name
}

func (p panel) problems(variables []string) (found []string) {
	bad := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if !slices.Contains(panelTypes, p.Type) {
		bad("type %q", p.Type)
	}
	if !slices.Contains(units, p.FieldConfig.Defaults.Unit) {
		bad("unit %q", p.FieldConfig.Defaults.Unit)
	}
	if p.Title == "" || p.Description == "" || len(p.FieldConfig.Defaults.Thresholds.Steps) == 0 {
		bad("needs title, description and thresholds")
	}
	if p.Datasource.UID != "${datasource}" || p.Datasource.Type != "influxdb" {
		bad("datasource %+v", p.Datasource)
	}
	if g := p.GridPos; g.W <= 0 || g.H <= 0 || g.X < 0 || g.X+g.W > 24 {
		bad("gridPos %+v", g)
	}
	if len(p.Targets) == 0 {
		bad("asks for nothing")
	}
	for _, target := range p.Targets {
		if !target.RawQuery || target.RefID == "" || !strings.Contains(target.Query, "$timeFilter") {
			bad("query %s needs rawQuery, refId and $timeFilter: none may read the whole history", target.Query)
		}
		for _, name := range used(target.Query) {
			if !slices.Contains(variables, name) {
				bad("$%s is no variable", name)
			}
		}
	}
	for _, l := range p.FieldConfig.Defaults.Links {
		if !strings.Contains(l.URL, "${__url_time_range}") || !strings.Contains(l.URL, "var-datasource=${datasource}") {
			bad("the link %s loses the time range or the data source", l.URL)
		}
	}
	return found
}

// used are the variables of a query, without Grafana's own.
func used(query string) (found []string) {
	for part := range strings.SplitSeq(query, "$") {
		name := part
		if end := strings.IndexFunc(part, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' }); end >= 0 {
			name = part[:end]
		}
		if part != query[:len(part)] && name != "" && name != "timeFilter" && name != "__interval" {
			found = append(found, name)
		}
	}
	return found
}

func TestDashboardsAreSound(t *testing.T) {
	for _, name := range names {
		text, err := Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range problems(load(t, text)) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// A test of the test: what would show nothing, or too much, in Grafana is found.
func TestBrokenDashboardsAreFound(t *testing.T) {
	good, err := Files.ReadFile("overview.json")
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		`"type": "state-timeline"`:  `"type": "statetimeline"`,
		`"type": "timeseries"`:      `"type": "graph"`,
		`/^$platform$/`:             `/^$plattform$/`,
		`WHERE $timeFilter AND`:     `WHERE`,
		`"unit": "s"`:               `"unit": "sec"`,
		`"uid": "radio-overview"`:   `"uid": ""`,
		`"id": 3,`:                  `"id": 2,`,
		`"keepTime": true`:          `"keepTime": false`,
		`"fromAnnotations": true`:   `"fromAnnotations": false`,
		`"schemaVersion": 37`:       `"schemaVersion": 42`,
		`"uid": "${datasource}"`:    `"uid": "influx"`,
		`&${__url_time_range}`:      ``,
		`"rawQuery": true`:          `"rawQuery": false`,
		`"x": 4`:                    `"x": 3`,
		`"title": "Hosts missing",`: `"title": "",`,
	} {
		broken := strings.ReplaceAll(string(good), from, to)
		if broken == string(good) {
			t.Errorf("%s is not in the dashboard", from)
		} else if len(problems(load(t, []byte(broken)))) == 0 {
			t.Errorf("%s instead of %s is not found", to, from)
		}
	}
}

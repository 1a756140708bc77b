package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/influxql"
	"sigs.k8s.io/yaml"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/dashboards"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
)

// asked is one query of a dashboard or an alert rule.
type asked struct {
	where, query string
	annotation   bool
	weekAgo      bool
}

// dashboardQueries are the queries of all panels, annotations and variables.
func dashboardQueries(t *testing.T) (list []asked) {
	t.Helper()
	for _, file := range []string{"overview.json", "host.json", "channel.json"} {
		text, err := dashboards.Files.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var b struct {
			Templating struct {
				List []struct{ Name, Type, Query string }
			}
			Annotations struct {
				List []struct{ Name, Query string }
			}
			Panels []struct {
				Title, TimeShift string
				Targets          []struct{ Query, Alias string }
			}
		}
		if err := json.Unmarshal(text, &b); err != nil {
			t.Fatal(err)
		}
		for _, v := range b.Templating.List {
			if v.Type == "query" {
				list = append(list, asked{where: file + " variable " + v.Name, query: v.Query})
			}
		}
		for _, a := range b.Annotations.List {
			if a.Query != "" {
				list = append(list, asked{where: file + " annotation " + a.Name, query: a.Query, annotation: true})
			}
		}
		for _, p := range b.Panels {
			for _, q := range p.Targets {
				list = append(list, asked{where: file + " panel " + p.Title, query: q.Query, weekAgo: p.TimeShift != ""})
				for _, tag := range aliasTag.FindAllStringSubmatch(q.Alias, -1) {
					if !strings.Contains(q.Query[strings.LastIndex(q.Query, "GROUP BY"):], `"`+tag[1]+`"`) {
						t.Errorf("%s panel %s: the alias has the tag %s, which is not grouped by", file, p.Title, tag[1])
					}
				}
			}
		}
	}
	return list
}

var aliasTag = regexp.MustCompile(`\$tag_([a-z_]+)`)

// alertRule is one rule of alerts.yaml.
type alertRule struct {
	UID, Title  string
	NoDataState string `json:"noDataState"`
	Annotations map[string]string
	Data        []struct {
		RefID         string `json:"refId"`
		DatasourceUID string `json:"datasourceUid"`
		Model         struct{ Query string }
	}
}

func alertRules(t *testing.T) []alertRule {
	t.Helper()
	text, err := dashboards.Files.ReadFile("alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct{ Rules []alertRule }
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Groups[0].Rules
}

// choice is what a person chose above a dashboard, and how Grafana writes it into a query: All is the variable's allValue, one value
// is escaped for a regular expression, unless it looks like a number.
type choice struct{ platform, host, mount string }

var specials = regexp.MustCompile(`[\\^$*+?.()|\[\]{}/]`)

func escaped(value string) string {
	if value == "" {
		return ".*"
	}
	if _, err := fmt.Sscanf(value, "%f", new(float64)); err == nil && regexp.MustCompile(`^[0-9.]+$`).MatchString(value) {
		return value
	}
	return specials.ReplaceAllString(value, `\$0`)
}

func (c choice) interpolate(query string, from, to time.Time, interval string) string {
	return strings.NewReplacer(
		"$timeFilter", fmt.Sprintf("time >= %dms and time <= %dms", from.UnixMilli(), to.UnixMilli()),
		"$__interval", interval, "$platform", escaped(c.platform), "$host", escaped(c.host), "$mount", escaped(c.mount),
	).Replace(query)
}

// contract is the schema by measurement.
func contract(t *testing.T) map[string]map[string]bool {
	t.Helper()
	var b bytes.Buffer
	if err := schema.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Name         string
		Tags, Fields []struct{ Name string }
	}
	if err := json.Unmarshal(b.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	names := map[string]map[string]bool{}
	for _, m := range list {
		names[m.Name] = map[string]bool{"time": true}
		for _, part := range append(m.Tags, m.Fields...) {
			names[m.Name][part.Name] = true
		}
	}
	return names
}

// unknownNames are the names in a query that the schema does not have. A wrong one is only "No data" in Grafana.
func unknownNames(query string, schema map[string]map[string]bool) (unknown []string, err error) {
	statement, err := influxql.ParseStatement(choice{}.interpolate(query, time.Now(), time.Now(), "10s"))
	if err != nil {
		return nil, err
	}
	var measurements, names []string
	influxql.WalkFunc(statement, func(n influxql.Node) {
		switch n := n.(type) {
		case *influxql.Measurement:
			measurements = append(measurements, n.Name)
		case *influxql.VarRef:
			names = append(names, n.Val)
		case *influxql.Field:
			names = append(names, "") // its alias may be used outside
		}
	})
	aliases := map[string]bool{"": true}
	for _, m := range regexp.MustCompile(`AS "([^"]+)"`).FindAllStringSubmatch(query, -1) {
		aliases[m[1]] = true
	}
	for _, m := range measurements {
		if schema[m] == nil {
			unknown = append(unknown, m)
		}
		for _, name := range names {
			if schema[m] != nil && !schema[m][name] && !aliases[name] {
				unknown = append(unknown, m+"."+name)
			}
		}
	}
	if len(measurements) == 0 {
		unknown = append(unknown, "no measurement")
	}
	return unknown, nil
}

func TestDashboardsAndAlertsAskForWhatTheSchemaHas(t *testing.T) {
	names := contract(t)
	list := dashboardQueries(t)
	for _, rule := range alertRules(t) {
		for _, d := range rule.Data {
			if d.DatasourceUID != "__expr__" {
				list = append(list, asked{where: "alert " + rule.Title, query: d.Model.Query})
			}
		}
	}
	for _, q := range list {
		if unknown, err := unknownNames(q.query, names); err != nil || len(unknown) > 0 {
			t.Errorf("%s: %v %q in %s", q.where, err, unknown, q.query)
		}
	}
	// A test of the test.
	for _, wrong := range []string{
		`SELECT last("current") FROM "listener" WHERE $timeFilter`, `SELECT last("currant") FROM "listeners" WHERE $timeFilter`,
		`SELECT last("current") FROM "listeners" WHERE $timeFilter AND "hots" = 'a'`, `SELECT last("current") FROM "listeners" GROUP BY "muont"`,
	} {
		if unknown, err := unknownNames(wrong, names); err == nil && len(unknown) == 0 {
			t.Errorf("not found to be wrong: %s", wrong)
		}
	}
}

// radio is a small network in which everything happens that a dashboard shows.
type radio struct {
	edge, old *emulator.Icecast
	wowza     *emulator.Wowza
	db        *influx
	began     time.Time
}

func startRadio(t *testing.T) *radio {
	t.Helper()
	r := &radio{db: startInflux(t), began: time.Now()}
	var err error
	if r.edge, err = emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: password}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.edge.Close)
	if r.old, err = emulator.StartIcecast(emulator.IcecastConfig{Family: emulator.V25, Username: "admin", Password: password}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.old.Close)
	if r.wowza, err = emulator.StartWowza(emulator.WowzaConfig{Username: "admin", Password: password}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.wowza.Close)
	hourAgo := time.Now().Add(-time.Hour)
	for _, name := range []string{"/pop/live.mp3", "/1.live", "/gone.mp3"} {
		m := emulator.Mount{Name: name, Listeners: 10, Slow: 1, Max: 100, Connected: hourAgo, Title: "Song", IncomingBitrate: 128000, OutgoingKbitrate: 9, Bitrate: "128"}
		r.edge.SetMount(m)
		r.old.SetMount(m)
	}
	r.old.SetMount(emulator.Mount{Name: "/odd.mp3", Listeners: -1, Connected: hourAgo})
	r.wowza.SetStream("_defaultVHost_", "live", "_definst_", emulator.Stream{Name: "pop/live.mp3", Cupertino: 5, Flash: 1})
	r.wowza.SetStream("_defaultVHost_", "live", "_definst_", emulator.Stream{Name: "1.live", MPEGDash: 5})
	startTelegraf(t, r.db, fmt.Sprintf(`
[[inputs.icecast]]
  urls = [%q, %q, "http://127.0.0.1:1"]
  username = "admin"
  password = %q
  stats_interval = "2s"
  aliases = { %q = "edge1", %q = "1.5", "127.0.0.1:1" = "dead" }
[[inputs.wowza]]
  urls = [%[6]q]
  username = "admin"
  password = %[3]q
  aliases = { %[7]q = "wowza1" }
`, r.edge.URL(), r.old.URL(), password, r.edge.Addr(), r.old.Addr(), r.wowza.URL(), r.wowza.Addr()))
	return r
}

// happen lets a source restart, a mount go, credentials be refused and a server fail.
func (r *radio) happen(t *testing.T) {
	t.Helper()
	eventually(t, 20*time.Second, func() string {
		if r.db.last(t, "title", "metadata", `"host"='edge1'`) == "" {
			return "no metadata yet"
		}
		return ""
	})
	time.Sleep(2 * time.Second)
	for range 3 { // flapping
		r.edge.Reconnect("/pop/live.mp3")
		time.Sleep(4 * time.Second)
	}
	r.wowza.RemoveStream("_defaultVHost_", "live", "_definst_", "gone")
	r.edge.RemoveMount("/gone.mp3")
	time.Sleep(4 * time.Second)
	r.edge.SetFault(emulator.Status(401))
	time.Sleep(2 * time.Second)
	r.edge.SetFault(emulator.SlowBody(time.Millisecond))
	time.Sleep(3 * time.Second)
	r.edge.SetFault(nil)
	time.Sleep(4 * time.Second)
	r.copyToLastWeek(t)
}

// copyToLastWeek writes what a week of history would have: there is no other way to see a comparison with it.
func (r *radio) copyToLastWeek(t *testing.T) {
	t.Helper()
	var b strings.Builder
	for at := r.began.Add(-time.Minute); at.Before(time.Now().Add(time.Minute)); at = at.Add(5 * time.Second) {
		stamp := at.Add(-7 * 24 * time.Hour).UnixNano()
		fmt.Fprintf(&b, "listeners_by_host,host=edge1,port=8000,platform=icecast current=100i,mounts=3i %d\n", stamp)
		fmt.Fprintf(&b, "listeners_by_mount,mount=/pop/live.mp3 current=1000i,hosts=3i,hosts_missing=0i %d\n", stamp)
	}
	resp, err := http.Post(r.db.url+"/write?db="+database, "", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		t.Fatalf("writing last week: %s", resp.Status)
	}
}

// TestEveryQueryOfTheDashboardsHasRows fills a real InfluxDB through real Telegraf and asks it what Grafana would.
func TestEveryQueryOfTheDashboardsHasRows(t *testing.T) {
	r := startRadio(t)
	r.happen(t)
	now := time.Now()
	list := dashboardQueries(t)
	for _, interval := range []string{"5s", "10s", "1m"} {
		r.ask(t, list, choice{}, interval, now, func(string) bool { return true })
	}
	r.ask(t, list, choice{"icecast", "edge1", "/pop/live.mp3"}, "5s", now, func(where string) bool {
		return !strings.Contains(where, "Wowza") && !strings.Contains(where, "Mounts gone") && !strings.Contains(where, "Values refused")
	})
	wowza := []string{"Wowza by protocol", "Wowza up since", "Listeners by host", "Connections", "Title"}
	r.ask(t, list, choice{"wowza", "wowza1", "/1.live"}, "10s", now, func(where string) bool {
		return slices.ContainsFunc(wowza[:4], func(w string) bool { return strings.HasSuffix(where, w) })
	})
	r.ask(t, list, choice{"", "1.5", "/1.live"}, "10s", now, func(where string) bool { return where == "channel.json panel Listeners by host" })
	r.askAlerts(t, now)
}

// ask runs all queries; a panel of which a query needs rows has to have some.
func (r *radio) ask(t *testing.T, list []asked, c choice, interval string, now time.Time, needed func(where string) bool) {
	t.Helper()
	rows := map[string]int{}
	for _, q := range list {
		from, to := r.began.Add(-time.Minute), now
		if q.weekAgo {
			from, to = from.Add(-7*24*time.Hour), to.Add(-7*24*time.Hour)
		}
		got := r.db.query(t, "%s", c.interpolate(q.query, from, to, interval))
		rows[q.where] += len(got)
		for _, row := range got {
			for column, value := range row {
				if q.annotation && value == nil {
					t.Errorf("%s: the column %s is null: Grafana would not show the row", q.where, column)
				}
			}
		}
	}
	for where, n := range rows {
		if n == 0 && needed(where) {
			t.Errorf("%s has no rows for %+v, interval %s", where, c, interval)
		}
	}
}

// askAlerts runs the rules' queries: in this network everything is wrong that they look for.
func (r *radio) askAlerts(t *testing.T, now time.Time) {
	t.Helper()
	for _, rule := range alertRules(t) {
		for _, d := range rule.Data {
			if d.DatasourceUID == "__expr__" {
				continue
			}
			from, to := r.began.Add(-time.Minute), now
			if d.RefID == "W" {
				from, to = from.Add(-7*24*time.Hour), to.Add(-7*24*time.Hour)
			}
			if rows := r.db.query(t, "%s", choice{}.interpolate(d.Model.Query, from, to, "10s")); len(rows) == 0 {
				t.Errorf("alert %s, query %s: no rows", rule.Title, d.RefID)
			}
		}
	}
}

package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/influxdata/influxql"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/dashboards"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
)

// panelQuery finds the queries of a panel.
func panelQueries(t *testing.T, file, title string) (queries []string) {
	t.Helper()
	text, err := dashboards.Files.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var b struct {
		Panels []struct {
			Title   string
			Targets []struct{ Query string }
		}
	}
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	for _, p := range b.Panels {
		if p.Title == title {
			for _, target := range p.Targets {
				queries = append(queries, target.Query)
			}
		}
	}
	if len(queries) == 0 {
		t.Fatalf("%s has no panel %s", file, title)
	}
	return queries
}

// blurred are the tags by which a query would have to group, so that it does not take two servers or two streams for one: mean and last
// of several series are a number of none of them. sum, max, min and count may do so, over all or over sub-queries.
func blurred(t *testing.T, query string) (missing []string) {
	t.Helper()
	statement, err := influxql.ParseStatement(choice{}.interpolate(query, time.Now(), time.Now(), "10s"))
	if err != nil {
		t.Fatal(err)
	}
	influxql.WalkFunc(statement, func(n influxql.Node) {
		s, ok := n.(*influxql.SelectStatement)
		if !ok || len(s.Sources) != 1 {
			return
		}
		from, ok := s.Sources[0].(*influxql.Measurement)
		if !ok || !slices.ContainsFunc(s.Fields, func(f *influxql.Field) bool {
			return strings.Contains(f.String(), "mean(") || strings.Contains(f.String(), "last(")
		}) {
			return
		}
		_, grouped := s.Dimensions.Normalize()
		m, ok := schema.Lookup(from.Name)
		if !ok {
			t.Fatalf("%s is not in the schema", from.Name)
		}
		var platforms schema.Platform // that have the fields
		for _, name := range fieldNames(s) {
			if f, ok := m.Field(name); ok {
				platforms |= f.Platform
			}
		}
		for _, tag := range m.Tags {
			// A gather has one result for each document, and a channel's total is of one platform or of both.
			mixed := tag.Name == schema.TagResult || tag.Name == schema.TagPlatform || tag.Name == schema.TagEndpoint
			if !mixed && tag.Platform&m.Platform&platforms != 0 && !slices.Contains(grouped, tag.Name) {
				missing = append(missing, tag.Name)
			}
		}
	})
	return missing
}

// Numbers of a server or of a stream are not mixed with those of another on the same machine or of the same name. What speaks of all responses
// in one number on purpose is named here.
func TestDashboardsDoNotTakeTwoServersForOne(t *testing.T) {
	onPurpose := []string{"Newest data", "Mean response time", "host.json panel Response time", "Phases of the response"}
	for _, q := range dashboardQueries(t) {
		if slices.ContainsFunc(onPurpose, func(name string) bool { return strings.HasSuffix(q.where, name) }) {
			continue
		}
		if missing := blurred(t, q.query); len(missing) > 0 {
			t.Errorf("%s: not grouped by %q: %s", q.where, missing, q.query)
		}
	}
	if blurred(t, `SELECT mean("current") FROM "listeners_by_host" WHERE $timeFilter GROUP BY time($__interval), "host"`) == nil {
		t.Error("two servers on one machine are not found to be one")
	}
}

// TestDashboardsSumServersOnOneMachineAndStreamsOfOneName has two servers on one machine, without aliases, and a stream that two
// applications of a Wowza carry.
func TestDashboardsSumServersOnOneMachineAndStreamsOfOneName(t *testing.T) {
	db := startInflux(t)
	began := time.Now()
	var urls []string
	for range 2 {
		s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		s.SetMount(emulator.Mount{Name: "/pop.mp3", Listeners: 10, Connected: began.Add(-time.Hour)})
		urls = append(urls, s.URL())
	}
	wowza, err := emulator.StartWowza(emulator.WowzaConfig{Username: "admin", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wowza.Close)
	wowza.SetStream("_defaultVHost_", "live", "_definst_", emulator.Stream{Name: "pop.mp3", Cupertino: 3})
	wowza.SetStream("_defaultVHost_", "repeat", "_definst_", emulator.Stream{Name: "pop.mp3", Cupertino: 4})
	startTelegraf(t, db, fmt.Sprintf(`
[[inputs.icecast]]
  urls = [%q, %q]
  username = "admin"
  password = %q
[[inputs.wowza]]
  urls = [%q]
  username = "admin"
  password = %[3]q
`, urls[0], urls[1], password, wowza.URL()))
	eventually(t, 20*time.Second, func() string {
		rows := db.query(t, `SELECT count("current") FROM "listeners" GROUP BY *`)
		if len(rows) != 4 {
			return fmt.Sprintf("four streams are not there yet: %v", rows)
		}
		for _, r := range rows {
			if n, _ := r["count"].(json.Number).Int64(); n < 3 {
				return "no three gathers yet"
			}
		}
		return ""
	})
	// The newest gather may not have arrived whole: look at what was before it.
	to := time.Now().Add(-2 * time.Second)
	total := func(file, title, where string) (sum float64) {
		newest := map[string]float64{}
		for _, q := range panelQueries(t, file, title) {
			for _, row := range db.query(t, "%s", choice{}.interpolate(q, began, to, "1m")) {
				label := ""
				for _, tag := range []string{"host", "port", "mount", "platform", "application"} {
					label += fmt.Sprint(row[tag], " ")
				}
				for column, v := range row {
					if n, ok := v.(json.Number); ok && (where == "" || column == where) {
						f, err := n.Float64()
						if err != nil {
							t.Fatal(err)
						}
						newest[label+column] = f
					}
				}
			}
		}
		for _, n := range newest {
			sum += n
		}
		return sum
	}
	for _, c := range []struct {
		file, title, column string
		want                float64
	}{
		{"overview.json", "Listeners now", "", 27},
		{"overview.json", "Hosts up", "", 3},
		{"overview.json", "Listeners by host", "", 27},
		{"host.json", "Listeners", "", 27},
		{"host.json", "Listeners by channel", "", 27},
		{"host.json", "Balance across the hosts", "", 27},
		{"host.json", "Every mount", "listeners", 27},
		{"channel.json", "Listeners now", "", 27},
		{"channel.json", "Listeners by host", "", 27},
		{"channel.json", "Icecast and Wowza", "", 27},
		{"channel.json", "Wowza by protocol", "HLS", 7},
	} {
		if got := total(c.file, c.title, c.column); got != c.want {
			t.Errorf("%s, panel %s: %v in all, want %v", c.file, c.title, got, c.want)
		}
	}
}

// fieldNames are the fields that a query reads.
func fieldNames(s *influxql.SelectStatement) (names []string) {
	for _, f := range s.Fields {
		influxql.WalkFunc(f.Expr, func(n influxql.Node) {
			if ref, ok := n.(*influxql.VarRef); ok {
				names = append(names, ref.Val)
			}
		})
	}
	return names
}

package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

// Two Telegraf agents, each with half of the servers, one InfluxDB: the queries of docs/scaling.md give the totals over both.
func TestTwoAgentsAddUpInOneDatabase(t *testing.T) {
	db := startInflux(t)
	var fleet []*emulator.Icecast
	for i := range 6 {
		s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: "admin", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		s.SetMount(emulator.Mount{Name: "/live.mp3", Listeners: 100 + i})
		fleet = append(fleet, s)
	}
	for half := range 2 {
		urls := []string{}
		for _, s := range fleet[3*half : 3*half+3] {
			urls = append(urls, fmt.Sprintf("%q", s.URL()))
		}
		startTelegraf(t, db, fmt.Sprintf("[[inputs.icecast]]\nurls = [%s]\nusername = \"admin\"\npassword = %q\n", strings.Join(urls, ", "), password), fmt.Sprintf("poller-%d", half))
	}
	queries := regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(read("../docs/scaling.md"), -1)
	if len(queries) != 2 {
		t.Fatalf("%d queries in docs/scaling.md", len(queries))
	}
	total := func(query, want string) {
		t.Helper()
		eventually(t, 30*time.Second, func() string {
			rows := db.query(t, "%s", query)
			if len(rows) != 1 || fmt.Sprint(rows[0]["sum"]) != want {
				return fmt.Sprintf("%v, want %s", rows, want)
			}
			return ""
		})
	}
	total(queries[0][1], "615") // 100 + 101 + … + 105
	total(queries[1][1], "0")
	if err := fleet[5].SetDown(true); err != nil {
		t.Fatal(err)
	}
	total(queries[1][1], "1")
	total(queries[0][1], "510") // when its last point is older than the window
}

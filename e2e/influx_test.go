package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

const database = "radio"

// influx is a real InfluxDB 1.6.
type influx struct{ url string }

func startInflux(t *testing.T) *influx {
	t.Helper()
	dir := t.TempDir()
	addr := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	conf := fmt.Sprintf(`reporting-disabled = true
bind-address = "127.0.0.1:%d"
[meta]
  dir = "%[2]s/meta"
[data]
  dir = "%[2]s/data"
  wal-dir = "%[2]s/wal"
[http]
  bind-address = "%[3]s"
  log-enabled = false
[monitor]
  store-enabled = false
`, freePort(t), dir, addr)
	file := filepath.Join(dir, "influxdb.conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	p := start(t, nil, 0, "influxd", "-config", file)
	listening(t, addr, p)
	i := &influx{"http://" + addr}
	i.query(t, "CREATE DATABASE "+database)
	return i
}

// row is one row of an answer: column → value; numbers are json.Number.
type row map[string]any

// query asks by InfluxQL.
func (i *influx) query(t *testing.T, q string, args ...any) []row {
	t.Helper()
	form := url.Values{"db": {database}, "q": {fmt.Sprintf(q, args...)}}
	resp, err := http.PostForm(i.url+"/query", form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	d := json.NewDecoder(resp.Body)
	d.UseNumber()
	var answer struct {
		Error   string
		Results []struct {
			Error  string
			Series []struct {
				Tags    map[string]string
				Columns []string
				Values  [][]any
			}
		}
	}
	if err := d.Decode(&answer); err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, result := range answer.Results {
		if result.Error != "" {
			t.Fatalf("%s: %s", form.Get("q"), result.Error)
		}
		for _, s := range result.Series {
			for _, values := range s.Values {
				r := row{}
				for k, v := range s.Tags {
					r[k] = v
				}
				for n, column := range s.Columns {
					r[column] = values[n]
				}
				rows = append(rows, r)
			}
		}
	}
	if answer.Error != "" {
		t.Fatal(answer.Error)
	}
	return rows
}

// last returns the newest value of a field, as text; "" if there is none.
func (i *influx) last(t *testing.T, field, measurement, where string) string {
	t.Helper()
	rows := i.query(t, `SELECT last("%s") AS value FROM "%s" WHERE %s`, field, measurement, where)
	if len(rows) == 0 {
		return ""
	}
	return fmt.Sprint(rows[0]["value"])
}

package e2e

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/dashboards"
)

// rule is one rule of alerts.yaml with all that decides whether it fires.
type rule struct {
	UID, Title, Condition, For string
	NoDataState, ExecErrState  string
	Annotations                map[string]string
	Data                       []step
}

// step is one step of a rule: a query, or an expression over former steps.
type step struct {
	RefID, DatasourceUID string
	RelativeTimeRange    struct{ From, To int }
	Model                struct {
		Query, Type, Expression, Reducer string
		Conditions                       []struct {
			Evaluator struct {
				Type   string
				Params []float64
			}
		}
	}
}

func rules(t *testing.T) []rule {
	t.Helper()
	text, err := dashboards.Files.ReadFile("alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Groups[0].Rules
}

// values are the numbers of one step, by the labels of their series, such as "host=edge1 port=8000".
type values map[string][]float64

// alarms are the labels for which a rule's condition holds at a time. Without any series it is the rule's state for no data that counts.
func (r rule) alarms(t *testing.T, db *influx, now time.Time) []string {
	t.Helper()
	steps := map[string]values{}
	empty := true
	for _, s := range r.Data {
		var got values
		switch {
		case s.DatasourceUID != "__expr__":
			got = s.ask(t, db, now)
			empty = empty && len(got) == 0
		case s.Model.Type == "reduce":
			got = reduced(t, steps[s.Model.Expression], s.Model.Reducer)
		case s.Model.Type == "math":
			got = calculated(t, s.Model.Expression, steps)
		case s.Model.Type == "threshold":
			got = s.compared(t, steps[s.Model.Expression])
		default:
			t.Fatalf("%s: step %s is a %q", r.Title, s.RefID, s.Model.Type)
		}
		steps[s.RefID] = got
	}
	if empty && r.NoDataState == "Alerting" {
		return []string{"no data"}
	}
	var firing []string
	for labels, v := range steps[r.Condition] {
		if v[0] != 0 {
			firing = append(firing, labels)
		}
	}
	slices.Sort(firing)
	return firing
}

// ask runs the query over the step's own time range.
func (s step) ask(t *testing.T, db *influx, now time.Time) values {
	t.Helper()
	from := now.Add(-time.Duration(s.RelativeTimeRange.From) * time.Second)
	to := now.Add(-time.Duration(s.RelativeTimeRange.To) * time.Second)
	got := values{}
	for _, row := range db.query(t, "%s", choice{}.interpolate(s.Model.Query, from, to, "10s")) {
		var labels []string
		number := ""
		for _, column := range slices.Sorted(maps.Keys(row)) {
			switch v := row[column].(type) {
			case string:
				if column != "time" {
					labels = append(labels, column+"="+v)
				}
			case nil:
			default:
				number = fmt.Sprint(v)
			}
		}
		if number == "" {
			continue
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			t.Fatal(err)
		}
		key := strings.Join(labels, " ")
		got[key] = append(got[key], n)
	}
	return got
}

func reduced(t *testing.T, in values, reducer string) values {
	t.Helper()
	out := values{}
	for labels, list := range in {
		switch reducer {
		case "last":
			out[labels] = list[len(list)-1:]
		case "mean":
			sum := 0.0
			for _, n := range list {
				sum += n
			}
			out[labels] = []float64{sum / float64(len(list))}
		default:
			t.Fatalf("reducer %q", reducer)
		}
	}
	return out
}

func (s step) compared(t *testing.T, in values) values {
	t.Helper()
	out := values{}
	e := s.Model.Conditions[0].Evaluator
	for labels, list := range in {
		switch e.Type {
		case "gt":
			out[labels] = []float64{truth(list[0] > e.Params[0])}
		case "lt":
			out[labels] = []float64{truth(list[0] < e.Params[0])}
		default:
			t.Fatalf("evaluator %q", e.Type)
		}
	}
	return out
}

// calculated works out Grafana's math, whose operators are written and bind as Go's. A series without a partner in every other step is
// dropped, as Grafana does.
func calculated(t *testing.T, expression string, steps map[string]values) values {
	t.Helper()
	tree, err := parser.ParseExpr(strings.ReplaceAll(expression, "$", ""))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	var used []values
	ast.Inspect(tree, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used = append(used, steps[id.Name])
		}
		return true
	})
	out := values{}
	for labels := range used[0] {
		if slices.ContainsFunc(used, func(v values) bool { return v[labels] == nil }) {
			continue
		}
		out[labels] = []float64{worth(t, tree, labels, steps)}
	}
	return out
}

func worth(t *testing.T, e ast.Expr, labels string, steps map[string]values) float64 {
	t.Helper()
	switch e := e.(type) {
	case *ast.Ident:
		return steps[e.Name][labels][0]
	case *ast.BasicLit:
		n, err := strconv.ParseFloat(e.Value, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	case *ast.ParenExpr:
		return worth(t, e.X, labels, steps)
	case *ast.BinaryExpr:
		a, b := worth(t, e.X, labels, steps), worth(t, e.Y, labels, steps)
		switch e.Op { //nolint:exhaustive // the rules need no more
		case token.LAND:
			return truth(a != 0 && b != 0)
		case token.GTR:
			return truth(a > b)
		case token.GEQ:
			return truth(a >= b)
		case token.LSS:
			return truth(a < b)
		case token.EQL:
			return truth(a == b)
		case token.NEQ:
			return truth(a != b)
		case token.MUL:
			return a * b
		case token.QUO:
			return a / b
		}
	}
	t.Fatalf("this math is not understood: %T", e)
	return 0
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// fires says at which evaluations, one a minute, a rule has fired: its condition has held for the time of its "for".
func (r rule) fires(t *testing.T, db *influx, from, to time.Time) (at []time.Duration) {
	t.Helper()
	patience, err := time.ParseDuration(r.For)
	if err != nil {
		t.Fatal(err)
	}
	var since time.Time
	for now := from; !now.After(to); now = now.Add(time.Minute) {
		if len(r.alarms(t, db, now)) == 0 {
			since = time.Time{}
			continue
		}
		if since.IsZero() {
			since = now
		}
		if now.Sub(since) >= patience {
			at = append(at, now.Sub(from))
		}
	}
	return at
}

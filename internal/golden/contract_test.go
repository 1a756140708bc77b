package golden

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// elsewhere are the parts of the contract that no single document can show, and the test that asserts each.
var elsewhere = map[string]string{
	"listeners_by_mount":       "../execd/execd_test.go TestATotalIsOverAllServersOfAllBlocksOfBothPlatforms",
	"stream_event":             "../../plugins/inputs/icecast/world_test.go TestARestartIsSeenAtTheNextLightPoll",
	"response dns_time":        "../../plugins/inputs/icecast/fleet_test.go TestPhasesOfARequestAreMeasured",
	"response tls_time":        "../../plugins/inputs/icecast/fleet_test.go TestPhasesOfARequestAreMeasured",
	"response total_time":      "../../plugins/inputs/icecast/fleet_test.go TestPhasesOfARequestAreMeasured",
	"response connect_time":    "../../plugins/inputs/icecast/fleet_test.go TestPhasesOfARequestAreMeasured",
	"response first_byte_time": "../../plugins/inputs/icecast/fleet_test.go TestPhasesOfARequestAreMeasured",
}

// Every measurement, tag and field of the contract is in the expected output of a real document, or in a test of its own.
func TestEveryRowOfTheContractIsAsserted(t *testing.T) {
	var contract bytes.Buffer
	if err := schema.WriteJSON(&contract); err != nil {
		t.Fatal(err)
	}
	var measurements []struct {
		Name         string
		Tags, Fields []struct{ Name string }
	}
	if err := json.Unmarshal(contract.Bytes(), &measurements); err != nil {
		t.Fatal(err)
	}
	shown := shownInGoldenFiles(t)
	for _, m := range measurements {
		for _, part := range append(m.Tags, m.Fields...) {
			row := m.Name + " " + part.Name
			where, ok := elsewhere[m.Name]
			if !ok {
				where = elsewhere[row]
			}
			if shown[row] || asserts(t, where) {
				continue
			}
			t.Errorf("nothing shows %s", row)
		}
	}
}

// shownInGoldenFiles are the measurements with their tags and fields in all expected.out.
func shownInGoldenFiles(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../../plugins/inputs/*/testcases/*/expected.out")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	shown := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range Conforms(t, text) {
			for tag := range p.Tags {
				shown[p.Measurement+" "+tag] = true
			}
			for field := range p.Fields {
				shown[p.Measurement+" "+field] = true
			}
		}
	}
	return shown
}

// asserts says that a test, named by file and function, is there.
func asserts(t *testing.T, where string) bool {
	t.Helper()
	file, function, ok := strings.Cut(where, " ")
	if !ok {
		return false
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(text, []byte("func "+function+"("))
}

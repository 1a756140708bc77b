package schema

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The contract as it was agreed, written by hand: measurement, its tags, its fields with their types (i, f, s). Changing a line here is
// changing what users build on.
const agreed = `
listeners host port platform mount vhost application instance stream | current:i flash:i cupertino:i sanjose:i smooth:i rtsp:i mpegdash:i peak:i slow:i max:i
listeners_by_host host port platform | current:i mounts:i
listeners_by_mount mount platform | current:i hosts:i hosts_missing:i
response host port platform endpoint result | total_time:f dns_time:f connect_time:f tls_time:f first_byte_time:f bytes:i http_status:i result_code:i recovered:i values_dropped:i error:s
stream_start host port platform mount | timestamp:i uptime:i restarts:i
stream_event host port platform mount event | message:s downtime:f
metadata host port platform mount | title:s artist:s server_name:s server_description:s genre:s content_type:s source_ip:s user_agent:s listen_url:s
icecast_mount host port platform mount | bitrate:f incoming_bitrate:f outgoing_bitrate:f total_bytes_read:i total_bytes_sent:i listener_connections:i queue_size:i
icecast_server host port platform | listeners:i clients:i sources:i connections:i listener_connections:i source_relay_connections:i file_connections:i start:i uptime:f version:s
wowza_server host port platform | connections_current:i connections_total:i connections_accepted:i connections_rejected:i bytes_in_rate:f bytes_out_rate:f
wowza_vhost host port platform vhost | connections_current:i connections_total:i connections_accepted:i connections_rejected:i connections_limit:i bytes_in_rate:f bytes_out_rate:f uptime:f
wowza_application host port platform vhost application | connections_current:i connections_total:i connections_accepted:i connections_rejected:i bytes_in_rate:f bytes_out_rate:f uptime:f
wowza_instance host port platform vhost application instance | connections_current:i connections_total:i connections_accepted:i connections_rejected:i bytes_in_rate:f bytes_out_rate:f uptime:f
`

func TestTheAgreedContractIsThere(t *testing.T) {
	types := map[string]Type{"i": Int, "f": Float, "s": String}
	listed := map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(agreed)) {
		left, right, _ := strings.Cut(line, "|")
		tags := strings.Fields(left)
		m, ok := Lookup(tags[0])
		if !ok {
			t.Errorf("%s is not in the schema", tags[0])
			continue
		}
		listed[m.Name] = true
		for _, tag := range tags[1:] {
			if !hasTag(m, tag) {
				t.Errorf("%s has no tag %s", m.Name, tag)
			}
		}
		for _, field := range strings.Fields(right) {
			name, kind, _ := strings.Cut(field, ":")
			if f, ok := m.Field(name); !ok || f.Type != types[kind] {
				t.Errorf("%s.%s is %v (known: %v), want %s", m.Name, name, f.Type, ok, kind)
			}
		}
	}
	for _, m := range All() {
		if !listed[m.Name] {
			t.Errorf("%s is in the schema and was not agreed", m.Name)
		}
	}
}

func hasTag(m *Measurement, name string) bool {
	for _, t := range m.Tags {
		if t.Name == name {
			return true
		}
	}
	return false
}

func TestEverythingIsDescribedOnce(t *testing.T) {
	seen := map[string]bool{}
	describe := func(what, help string) {
		if seen[what] {
			t.Errorf("%s is described twice", what)
		}
		seen[what] = true
		if !strings.HasSuffix(help, ".") {
			t.Errorf("the help of %s is no sentence: %q", what, help)
		}
	}
	for _, m := range All() {
		describe(m.Name, m.Help)
		for _, tag := range m.Tags {
			describe(m.Name+" tag "+tag.Name, tag.Help)
		}
		for _, f := range m.Fields {
			describe(m.Name+" field "+f.Name, f.Help)
			if f.Type == String && f.Kind != Info {
				t.Errorf("%s.%s is a text and a %s", m.Name, f.Name, f.Kind)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	type tags = map[string]string
	type fields = map[string]any
	ice := tags{"host": "a", "port": "8000", "platform": "icecast", "mount": "/a"}
	wowza := tags{"host": "a", "port": "1", "platform": "wowza", "mount": "/a", "vhost": "v", "application": "x", "instance": "i", "stream": "a"}
	cases := []struct {
		name        string
		measurement string
		tags        tags
		fields      fields
		own         []string
		want        string // "" conforms
	}{
		{"an Icecast mount", "listeners", ice, fields{"current": int64(1), "peak": int64(2)}, nil, ""},
		{"a Wowza stream with a new protocol", "listeners", wowza, fields{"current": int64(1), "webrtc": int64(1)}, nil, ""},
		{"a total without a platform", "listeners_by_mount", tags{"mount": "/a"}, fields{"hosts": int64(1)}, nil, ""},
		{"a tag of the operator", "listeners", with(ice, "region", "eu"), fields{"current": int64(1)}, []string{"region"}, ""},
		{"an unknown measurement", "listener", ice, fields{"current": int64(1)}, nil, `measurement "listener" is not in the schema`},
		{"an unknown field", "listeners", ice, fields{"currant": int64(1)}, nil, `field "currant" of listeners (platform "icecast") is not in the schema`},
		{"a field of the other platform", "listeners", wowza, fields{"peak": int64(1)}, nil, `field "peak" of listeners (platform "wowza") is not in the schema`},
		{"a wrong type", "listeners", ice, fields{"current": 1.0}, nil, `field "current" of listeners is a float64, not of type int`},
		{"no field", "listeners", ice, fields{}, nil, `listeners has no field`},
		{"an unknown tag", "listeners", with(ice, "region", "eu"), fields{"current": int64(1)}, nil, `tag "region" of listeners (platform "icecast") is not in the schema`},
		{"a tag of the other platform", "listeners", with(ice, "vhost", "v"), fields{"current": int64(1)}, nil, `tag "vhost" of listeners (platform "icecast") is not in the schema`},
		{"a missing tag", "listeners", tags{"host": "a", "port": "1", "platform": "icecast"}, fields{"current": int64(1)}, nil, `listeners lacks the tag "mount"`},
		{"a measurement of the other platform", "wowza_server", ice, fields{"connections_current": int64(1)}, nil, `wowza_server is not a measurement of platform "icecast"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := Check(c.measurement, c.tags, c.fields, c.own...); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func with(tags map[string]string, name, value string) map[string]string {
	more := map[string]string{name: value}
	for k, v := range tags {
		more[k] = v
	}
	return more
}

func TestKindsReachTelegraf(t *testing.T) {
	for _, c := range []struct {
		measurement, field string
		want               Kind
	}{
		{"listeners", "current", Gauge}, {"stream_start", "restarts", Counter}, {"stream_start", "timestamp", Info},
		{"listeners", "webrtc", Gauge}, {"nothing", "at_all", Info}, {"response", "nothing", Info},
	} {
		if got := KindOf(c.measurement, c.field); got != c.want {
			t.Errorf("%s.%s is %q, want %q", c.measurement, c.field, got, c.want)
		}
	}
}

func TestMarkdownHasWhatThePlatformHas(t *testing.T) {
	var ice, wowza bytes.Buffer
	if err := WriteMarkdown(&ice, Icecast); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&wowza, Wowza); err != nil {
		t.Fatal(err)
	}
	for text, in := range map[string]struct{ ice, wowza bool }{
		"### `listeners`":     {true, true},
		"### `icecast_mount`": {true, false},
		"### `wowza_vhost`":   {false, true},
		"| `peak` | int gauge |  | Most listeners since the source started. On gathers that read `/admin/stats`. |": {true, false},
		"| `stream` | Decoded stream name, unshortened. |":                                                          {false, true},
	} {
		if got := strings.Contains(ice.String(), text); got != in.ice {
			t.Errorf("Icecast's tables have %q: %v, want %v", text, got, in.ice)
		}
		if got := strings.Contains(wowza.String(), text); got != in.wowza {
			t.Errorf("Wowza's tables have %q: %v, want %v", text, got, in.wowza)
		}
	}
}

func TestJSONIsTheSameContract(t *testing.T) {
	var out bytes.Buffer
	if err := WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var decoded []struct {
		Name   string
		Fields []struct{ Name, Type string }
	}
	if err := json.Unmarshal(out.Bytes(), &decoded); err != nil {
		t.Fatal(err)
	}
	if len(decoded) != len(All()) {
		t.Fatalf("%d measurements, want %d", len(decoded), len(All()))
	}
	for i, m := range All() {
		if decoded[i].Name != m.Name || len(decoded[i].Fields) != len(m.Fields) {
			t.Errorf("measurement %d is %s with %d fields, want %s with %d", i, decoded[i].Name, len(decoded[i].Fields), m.Name, len(m.Fields))
		}
	}
}

// InfluxDB 1 drops a field or tag of such a name silently, later ones the whole point.
func TestNoNameIsReservedByInfluxDB(t *testing.T) {
	reserved := map[string]bool{"time": true, "_time": true, "_field": true, "_measurement": true}
	for _, m := range contract {
		for _, tag := range m.Tags {
			if reserved[tag.Name] {
				t.Errorf("tag %s of %s", tag.Name, m.Name)
			}
		}
		for _, f := range m.Fields {
			if reserved[f.Name] {
				t.Errorf("field %s of %s", f.Name, m.Name)
			}
		}
	}
}

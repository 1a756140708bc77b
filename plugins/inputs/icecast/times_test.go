package icecast

import (
	"testing"
	"time"
)

func TestTimesOfEveryFamilyAreRead(t *testing.T) {
	const want = 1795483002 // 2026-11-24T01:16:42Z
	for text, iso := range map[string]bool{
		"24/Nov/2026:01:16:42 +0000":      false,
		"23/Nov/2026:20:16:42 -0500":      false,
		"24/Nov/2026:06:46:42 +0530":      false,
		"Tue, 24 Nov 2026 01:16:42 +0000": false,
		"Tue, 24 Nov 2026 15:16:42 +1400": false,
		"2026-11-24T01:16:42+0000":        true,
		"2026-11-23T20:16:42-0500":        true,
		"2026-11-24T01:16:42Z":            true, // RFC 3339, should a server ever write it
		"2026-11-24T02:16:42+01:00":       true,
	} {
		if got, ok := parseTime([]byte(text), iso); !ok || got != want {
			t.Errorf("%s: %d %t, want %d", text, got, ok, want)
		}
	}
}

func TestWhatIsNoTimeIsRefused(t *testing.T) {
	for text, iso := range map[string]bool{
		"":                            false,
		"24/Nov/2026:01:16:42":        false,
		"24/Nov/2026:24:16:42 +0000":  false,
		"31/Nov/2026:01:16:42 +0000":  false,
		"29/Feb/2026:01:16:42 +0000":  false,
		"00/Nov/2026:01:16:42 +0000":  false,
		"24/Nox/2026:01:16:42 +0000":  false,
		"24/Nov/2026:01:60:42 +0000":  false,
		"24/Nov/2026:01:16:42 +2500":  false,
		"24/Nov/2026:01:16:42  0000":  false,
		"24/Nov/-026:01:16:42 +0000":  false,
		"01/Jan/1970:00:00:00 +0000":  false, // a clock that was never set
		"2026-11-24T01:16:42+0000":    false, // ISO where it is not expected
		"24/Nov/2026:01:16:42 +0000 ": true,
		"2026-13-24T01:16:42+0000":    true,
		"2026-11-24 01:16:42+0000":    true,
	} {
		if got, ok := parseTime([]byte(text), iso); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestLeapDaysAreDays(t *testing.T) {
	for text, want := range map[string]string{
		"29/Feb/2028:12:00:00 +0000": "2028-02-29T12:00:00Z",
		"29/Feb/2000:12:00:00 +0000": "2000-02-29T12:00:00Z",
		"01/Mar/2100:00:00:00 +0000": "2100-03-01T00:00:00Z",
	} {
		got, ok := parseTime([]byte(text), false)
		if at := time.Unix(got, 0).UTC().Format(time.RFC3339); !ok || at != want {
			t.Errorf("%s: %s", text, at)
		}
	}
	if _, ok := parseTime([]byte("29/Feb/2100:12:00:00 +0000"), false); ok {
		t.Error("2100 is no leap year")
	}
}

// What is read in place is what time.Parse reads, for every text.
func FuzzTime(f *testing.F) {
	for _, text := range []string{"24/Nov/2026:01:16:42 +0000", "Tue, 24 Nov 2026 01:16:42 -0930", "2026-11-24T01:16:42+0000", "2026-11-24T01:16:42Z", "29/Feb/1900:00:00:00 +0000"} {
		f.Add([]byte(text), false)
		f.Add([]byte(text), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, iso bool) {
		got, ok := parseTime(text, iso)
		want, wantOK := parseSlowly(string(text), iso)
		wantOK = wantOK && want > 0
		if ok != wantOK || ok && got != want {
			t.Errorf("%q iso=%t: %d %t, time.Parse says %d %t", text, iso, got, ok, want, wantOK)
		}
	})
}

package icecast

import "time"

// The servers write their own clock's time with its offset from UTC, always in English (strftime without setlocale).
const (
	layoutKH  = "02/Jan/2006:15:04:05 -0700"      // KH, util.c:util_get_clf_time
	layoutRFC = "Mon, 02 Jan 2006 15:04:05 -0700" // 2.4 and 2.5, stats.c:__format_time
	layoutISO = "2006-01-02T15:04:05-0700"        // the same, *_iso8601: no colon in the offset, so not RFC 3339
)

// parseTime reads an instant as Unix seconds. Instants before 1990 or so are a clock that was never set and are refused.
func parseTime(text []byte, iso bool) (int64, bool) {
	s := string(text)
	layouts := [...]string{layoutKH, layoutRFC}
	if iso {
		layouts = [...]string{layoutISO, time.RFC3339}
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Unix(), t.Unix() > 0
		}
	}
	return 0, false
}

package icecast

import "time"

// The servers write their own clock's time with its offset from UTC, always in English (strftime without setlocale).
const (
	layoutKH  = "02/Jan/2006:15:04:05 -0700"      // KH, util.c:util_get_clf_time
	layoutRFC = "Mon, 02 Jan 2006 15:04:05 -0700" // 2.4 and 2.5, stats.c:__format_time
	layoutISO = "2006-01-02T15:04:05-0700"        // the same, *_iso8601: no colon in the offset, so not RFC 3339
)

// parseTime reads an instant as Unix seconds. Instants before 1970 are a clock that was never set and are refused. The three
// forms that the servers write are read in place; time.Parse, which takes ten times as long, sees only what is none of them.
func parseTime(text []byte, iso bool) (int64, bool) {
	t, ok := int64(0), false
	switch {
	case iso && len(text) == len(layoutISO) && text[4] == '-' && text[7] == '-' && text[10] == 'T':
		t, ok = seconds(fourDigits(text), twoDigits(text[5:]), twoDigits(text[8:]), text[11:19], text[19:])
	case !iso && len(text) == len(layoutKH) && text[2] == '/' && text[6] == '/' && text[11] == ':' && text[20] == ' ':
		t, ok = seconds(fourDigits(text[7:]), month(text[3:6]), twoDigits(text), text[12:20], text[21:])
	case !iso && len(text) == len(layoutRFC) && isWeekday(text[:3]) && text[3] == ',' && text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' && text[25] == ' ':
		t, ok = seconds(fourDigits(text[12:]), month(text[8:11]), twoDigits(text[5:]), text[17:25], text[26:])
	}
	if !ok {
		t, ok = parseSlowly(string(text), iso)
	}
	return t, ok && t > 0
}

func parseSlowly(text string, iso bool) (int64, bool) {
	layouts := [...]string{layoutKH, layoutRFC}
	if iso {
		layouts = [...]string{layoutISO, time.RFC3339}
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

// seconds puts together what a form gave: clock is "15:04:05", zone "-0700".
func seconds(year, month, day int, clock, zone []byte) (int64, bool) {
	hour, minute, second := twoDigits(clock), twoDigits(clock[3:]), twoDigits(clock[6:])
	east, south := twoDigits(zone[1:]), twoDigits(zone[3:])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || clock[2] != ':' || clock[5] != ':' ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 ||
		zone[0] != '+' && zone[0] != '-' || east < 0 || east > 23 || south < 0 || south > 59 {
		return 0, false
	}
	offset := int64(east*3600 + south*60)
	if zone[0] == '-' {
		offset = -offset
	}
	return days(year, month, day)*86400 + int64(hour*3600+minute*60+second) - offset, true
}

// days is how many days lie between 1970-01-01 and a date of the Gregorian calendar, counting years from March.
func days(year, month, day int) int64 {
	if month < 3 {
		year, month = year-1, month+12
	}
	return int64(365*year+year/4-year/100+year/400+(153*(month-3)+2)/5+day-1) - 719468
}

func daysIn(year, month int) int {
	if month == 2 && (year%4 != 0 || year%100 == 0 && year%400 != 0) {
		return 28
	}
	return [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// twoDigits reads the number that text begins with, negative if it is none.
func twoDigits(text []byte) int {
	tens, units := text[0]-'0', text[1]-'0'
	if tens > 9 || units > 9 {
		return -10_000
	}
	return 10*int(tens) + int(units)
}

func fourDigits(text []byte) int { return 100*twoDigits(text) + twoDigits(text[2:]) }

// month reads the English name of a month, 0 if it is none.
func month(name []byte) int {
	switch string(name) {
	case "Jan":
		return 1
	case "Feb":
		return 2
	case "Mar":
		return 3
	case "Apr":
		return 4
	case "May":
		return 5
	case "Jun":
		return 6
	case "Jul":
		return 7
	case "Aug":
		return 8
	case "Sep":
		return 9
	case "Oct":
		return 10
	case "Nov":
		return 11
	case "Dec":
		return 12
	}
	return 0
}

func isWeekday(name []byte) bool {
	switch string(name) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}

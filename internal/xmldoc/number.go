package xmldoc

// Int reads decimal digits, with an optional minus and white space around, as the servers write
// numbers. It is false for anything else, and beyond 18 digits.
func Int(text []byte) (int64, bool) {
	if n, ok := digits(text); ok {
		return n, true // nearly always
	}
	text = trim(text)
	if len(text) > 1 && text[0] == '-' {
		n, ok := digits(text[1:])
		return -n, ok
	}
	return digits(text)
}

// digits reads a number that is nothing but digits.
func digits(text []byte) (n int64, ok bool) {
	if len(text) == 0 || len(text) > 18 {
		return 0, false
	}
	for _, c := range text {
		c -= '0'
		if c > 9 {
			return 0, false
		}
		n = 10*n + int64(c)
	}
	return n, true
}

func trim(text []byte) []byte {
	for len(text) > 0 && isSpace(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && isSpace(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

// Package option names the configuration option that an error is about.
//
// A plugin checks its options in Init, where it no longer knows the file and line
// they came from. It returns an *Error that names the option; whoever read the file
// (internal/config) finds the line and says where it stands. Inside a custom Telegraf
// the same error reads well without a line.
package option

import "fmt"

// Error is a value of one option that cannot do what its author meant.
type Error struct {
	Key   string // option name as it stands in the file, such as "urls"
	Index int    // element of a list option, -1 for the option as a whole
	Err   error  // what is wrong and what to write instead
}

// Errorf says what is wrong with the option key as a whole.
func Errorf(key, format string, args ...any) *Error {
	return &Error{Key: key, Index: -1, Err: fmt.Errorf(format, args...)}
}

// ItemErrorf says what is wrong with element index of the list option key.
func ItemErrorf(key string, index int, format string, args ...any) *Error {
	return &Error{Key: key, Index: index, Err: fmt.Errorf(format, args...)}
}

// Error returns `key: text` or `key[index]: text`.
func (e *Error) Error() string {
	if e.Index < 0 {
		return e.Key + ": " + e.Err.Error()
	}
	return fmt.Sprintf("%s[%d]: %s", e.Key, e.Index, e.Err.Error())
}

// Unwrap returns the reason alone.
func (e *Error) Unwrap() error { return e.Err }

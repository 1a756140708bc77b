package emit

import (
	"bytes"
	"io"
	"strconv"
	"sync"
	"time"
)

// flushAt is when a buffer of lines is written out: a pipe moves 64 KiB at once many times faster
// than line by line.
const flushAt = 64 << 10

// Lines is a Sink that encodes points as line protocol. It may be used by many goroutines.
// Whole lines leave in few large writes; Flush writes the rest.
type Lines struct {
	mu  sync.Mutex
	w   io.Writer
	buf []byte
	err error

	at    time.Time // of the last point, and as it is written: the points of a gather have one time
	stamp []byte
}

// NewLines returns a sink that writes to w.
func NewLines(w io.Writer) *Lines { return &Lines{w: w} }

// Add encodes one point. A point without fields is none.
func (l *Lines) Add(p *Point) {
	if p.Empty() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buf
	b = append(b, p.Measurement...)
	b = append(b, p.Series.line...)
	separator := byte(' ')
	for i := range p.fields {
		f := &p.fields[i]
		b = append(b, separator)
		b = append(b, f.key...)
		b = append(b, '=')
		b = f.append(b)
		separator = ','
	}
	if p.Time != l.at || len(l.stamp) == 0 {
		l.at = p.Time
		l.stamp = append(strconv.AppendInt(append(l.stamp[:0], ' '), p.Time.UnixNano(), 10), '\n')
	}
	b = append(b, l.stamp...)
	l.buf = b
	if len(l.buf) >= flushAt {
		l.flush()
	}
}

// append adds the value as line protocol writes it: https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/.
// The point took only finite floats and safe texts. (The library's own Value makes a string of every text.)
func (f *field) append(b []byte) []byte {
	switch f.kind {
	case isFloat:
		if whole := int64(f.f); float64(whole) == f.f && max(whole, -whole) < 1<<53 {
			return strconv.AppendInt(b, whole, 10) // several times as fast, and the same number
		}
		return strconv.AppendFloat(b, f.f, 'g', -1, 64)
	case isString:
		if f.plain {
			return append(append(append(b, '"'), f.b...), '"')
		}
		return appendQuoted(b, f.b)
	default:
		return append(strconv.AppendInt(b, f.i, 10), 'i')
	}
}

// appendQuoted adds a text in quotes; a quote and a backslash in it are escaped.
func appendQuoted(b, text []byte) []byte {
	b = append(b, '"')
	for {
		i := bytes.IndexAny(text, `"\`)
		if i < 0 {
			b = append(b, text...)
			return append(b, '"')
		}
		b = append(b, text[:i]...)
		b = append(b, '\\', text[i])
		text = text[i+1:]
	}
}

// Flush writes what is left of a gather and returns the first error of any write since the last Flush.
func (l *Lines) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	err := l.err
	l.err = nil
	return err
}

func (l *Lines) flush() {
	if len(l.buf) == 0 {
		return
	}
	if _, err := l.w.Write(l.buf); err != nil && l.err == nil {
		l.err = err
	}
	l.buf = l.buf[:0]
}

package emit

import (
	"io"
	"strconv"
	"sync"

	"github.com/influxdata/line-protocol/v2/lineprotocol"
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
	b = append(b, ' ')
	b = strconv.AppendInt(b, p.Time.UnixNano(), 10)
	b = append(b, '\n')
	l.buf = b
	if len(l.buf) >= flushAt {
		l.flush()
	}
}

// append adds the value as line protocol writes it. Both conversions cannot fail: the point took
// only finite floats and safe texts.
func (f *field) append(b []byte) []byte {
	switch f.kind {
	case isFloat:
		v, _ := lineprotocol.FloatValue(f.f)
		return v.AppendBytes(b)
	case isString:
		v, _ := lineprotocol.StringValueFromBytes(f.b)
		return v.AppendBytes(b)
	default:
		return append(strconv.AppendInt(b, f.i, 10), 'i')
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

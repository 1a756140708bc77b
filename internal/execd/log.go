package execd

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/logger"
	"github.com/influxdata/telegraf/models"
)

// logTo sends what plugins log to w as inputs.execd reads it: each line begins with its level, "E! ", "W! ", "I! " or "D! ".
// Telegraf's own format has a time before the level, so that execd takes every line for an error. stop ends it.
func logTo(w io.Writer) (stop func(), err error) {
	logger.RedirectLogging(io.Discard)
	var mu sync.Mutex
	id, err := logger.AddCallback(func(level telegraf.LogLevel, _ time.Time, source string, _ map[string]any, args ...any) {
		if source != "" {
			source = "[" + source + "] "
		}
		var b strings.Builder
		for line := range strings.Lines(fmt.Sprint(args...)) {
			fmt.Fprintf(&b, "%s %s%s\n", level.Indicator(), source, strings.TrimRight(line, "\r\n"))
		}
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.WriteString(w, b.String()) // there is no one left to tell
	})
	if err != nil {
		return nil, fmt.Errorf("setting up the log: %w", err)
	}
	return func() { logger.RemoveCallback(id) }, nil
}

// newLogger gives a block its logger.
func newLogger(b Block) telegraf.Logger {
	log := logger.New("inputs", b.Kind, "")
	models.SetLoggerOnPlugin(b.Input, log)
	return log
}

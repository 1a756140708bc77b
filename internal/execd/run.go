package execd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/influxdata/telegraf/logger"
	"github.com/influxdata/telegraf/plugins/common/shim"
)

// How long the end may take. Telegraf sends SIGTERM five seconds after it closed standard input.
const (
	finish = time.Second             // for a gather in flight
	giveUp = 1700 * time.Millisecond // for all of it
	linger = 200 * time.Millisecond  // after the last write, until Telegraf has read it
)

// Options are what a run needs.
type Options struct {
	Blocks       []Block
	Stdin        io.Reader     // a line is a prompt to gather, its end is the end
	Stdout       io.Writer     // line protocol and nothing else
	Stderr       io.Writer     // log lines
	PollInterval time.Duration // 0: gather at prompts only
}

// errStuck says that the end took too long.
var errStuck = errors.New("could not end in time: standard output is not read, or a server does not let go")

// Once gathers once and returns how many servers were not read whole.
func Once(_ context.Context, o Options) (unread int, err error) {
	stop, err := logTo(o.Stderr)
	if err != nil {
		return 0, err
	}
	defer stop()
	b := newBlocks(o.Blocks, o.Stdout)
	defer b.Stop()
	_ = b.Gather(nil)
	return int(b.unread.Load()), b.err
}

// Run gathers at every prompt, or every PollInterval, until standard input ends or ctx does.
func Run(ctx context.Context, o Options) error {
	stop, err := logTo(o.Stderr)
	if err != nil {
		return err
	}
	defer stop()
	b := newBlocks(o.Blocks, o.Stdout)
	prompts, forward, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("making a pipe for prompts: %w", err)
	}
	s := newShim(prompts)
	if err := s.AddInput(b); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		forwardPrompts(o.Stdin, forward, b)
	}()
	done := make(chan error, 1)
	go func() { done <- s.Run(o.PollInterval) }()
	select {
	case err := <-done: // a signal: the shim has its own handler
		return err
	case <-ended:
	case <-ctx.Done():
	}
	return shutDown(b, forward, done)
}

// newShim makes a shim that reads prompts. It takes its streams from the process when it is made.
func newShim(prompts *os.File) *shim.Shim {
	stdin := os.Stdin
	defer func() { os.Stdin = stdin }()
	os.Stdin = prompts
	return shim.New()
}

// forwardPrompts hands prompts on to the shim. It is between the two to see the end of standard input at once, and to say it when
// gathers take longer than the interval: the shim keeps one prompt and drops the others without a word.
func forwardPrompts(from io.Reader, to io.Writer, b *blocks) {
	var during, waiting int64 // which gather, and the prompts that came during it
	said := false
	for lines := bufio.NewScanner(from); lines.Scan(); {
		if n := b.begun.Load(); n != during {
			during, waiting = n, 0
		}
		if b.busy.Load() {
			waiting++
		}
		if waiting > 1 && !said {
			said = true
			logger.New("", "", "").Warn("a gather takes longer than the interval: prompts are dropped. Raise the interval of inputs.execd, or lower timeout")
		}
		if _, err := io.WriteString(to, "\n"); err != nil {
			return
		}
	}
}

// shutDown lets a gather in flight finish, or gives it up, and leaves Telegraf the time to read what was written.
func shutDown(b *blocks, prompts io.Closer, done <-chan error) error {
	_ = prompts.Close() // the shim ends when its prompts do
	tooLong := time.NewTimer(giveUp)
	defer tooLong.Stop()
	patience := time.AfterFunc(finish, b.Stop)
	defer patience.Stop()
	select {
	case err := <-done:
		time.Sleep(linger)
		return err
	case <-tooLong.C:
		return errStuck
	}
}

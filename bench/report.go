//go:build bench

package main

import (
	"fmt"
	"io"
	"time"
)

// report prints tables as they come and keeps the verdicts for the end.
type report struct {
	out      io.Writer
	quick    bool // its sizes are others than those that the verdicts speak of
	verdicts []string
	missed   int
}

// times prints one comparison; ratios are to the first contender.
func (r *report) times(title string, contenders []contender, results []result, items int) {
	fmt.Fprintf(r.out, "\n%s\n\n| | per item | quartiles | of this project's time | allocations per run |\n|---|---|---|---|---|\n", title)
	for i, c := range contenders {
		per := func(d time.Duration) string { return fmt.Sprintf("%.0f ns", float64(d)/float64(items)) }
		fmt.Fprintf(r.out, "| %s | %s | %s – %s | %.2f× | %.0f |\n", c.name, per(results[i].median), per(results[i].low), per(results[i].high),
			float64(results[i].median)/float64(results[0].median), results[i].allocs)
	}
}

// table begins a table of other figures.
func (r *report) table(title string) {
	fmt.Fprintf(r.out, "\n%s\n\n| | median | least – most |\n|---|---|---|\n", title)
}

// row prints a line of it.
func (r *report) row(what string, s spread, unit string) {
	if s.low == s.high {
		fmt.Fprintf(r.out, "| %s | %.4g%s | |\n", what, s.median, unit)
		return
	}
	fmt.Fprintf(r.out, "| %s | %.4g%s | %.4g – %.4g%s |\n", what, s.median, unit, s.low, s.high, unit)
}

// least and most note whether a figure is what it has to be.
func (r *report) least(what string, got, want float64, unit string) {
	r.verdict(got >= want, fmt.Sprintf("%s: %.3g%s, asked for ≥ %g%s", what, got, unit, want, unit))
}

func (r *report) most(what string, got, want float64, unit string) {
	r.verdict(got <= want, fmt.Sprintf("%s: %.3g%s, asked for ≤ %g%s", what, got, unit, want, unit))
}

func (r *report) verdict(ok bool, text string) {
	if ok {
		r.verdicts = append(r.verdicts, "PASS    "+text)
		return
	}
	r.missed++
	r.verdicts = append(r.verdicts, "MISSED  "+text)
}

func (r *report) end() {
	if r.quick {
		fmt.Fprintln(r.out, "\nA quick run has no verdicts: they speak of other sizes and more rounds.")
		return
	}
	fmt.Fprintln(r.out)
	for _, v := range r.verdicts {
		fmt.Fprintln(r.out, v)
	}
	fmt.Fprintf(r.out, "\n%d passed, %d missed\n", len(r.verdicts)-r.missed, r.missed)
}

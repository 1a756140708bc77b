//go:build bench

package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// contender is one of those that are compared. run does the work once.
type contender struct {
	name string
	run  func() error
}

// result is what one contender's rounds gave, per run.
type result struct {
	median, low, high time.Duration // low and high are quartiles
	allocs            float64       // of the worst round
}

// sample is about how long one contender runs in one round.
const sample = 30 * time.Millisecond

// compare lets contenders take turns for so many rounds, each round in another order, and returns their results in the order
// of contenders.
func compare(contenders []contender, rounds int) ([]result, error) {
	runs := make([]int, len(contenders))
	for i, c := range contenders {
		began := time.Now()
		if err := c.run(); err != nil { // also warms it up
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		began2 := time.Now()
		if err := c.run(); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		took := min(time.Since(began2), began2.Sub(began))
		runs[i] = max(1, int(sample/max(took, 1)))
	}
	times := make([][]time.Duration, len(contenders))
	results := make([]result, len(contenders))
	for round := range rounds {
		for i := range contenders {
			i = (i + round) % len(contenders)
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			for range runs[i] {
				if err := contenders[i].run(); err != nil {
					return nil, fmt.Errorf("%s: %w", contenders[i].name, err)
				}
			}
			took := time.Since(began) / time.Duration(runs[i])
			runtime.ReadMemStats(&after)
			times[i] = append(times[i], took)
			results[i].allocs = max(results[i].allocs, float64(after.Mallocs-before.Mallocs)/float64(runs[i]))
		}
	}
	for i, t := range times {
		slices.Sort(t)
		results[i].median, results[i].low, results[i].high = t[len(t)/2], t[len(t)/4], t[len(t)*3/4]
	}
	return results, nil
}

// spread is what several runs gave.
type spread struct{ low, median, high float64 }

func spreadOf(values []float64) spread {
	slices.Sort(values)
	return spread{values[0], values[len(values)/2], values[len(values)-1]}
}

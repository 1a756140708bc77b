//go:build bench

package main

import (
	"fmt"
	"time"
)

// pollPart compares what polling costs with what fetching alone costs.
func (b *bench) pollPart() error {
	servers, rounds, gathers := 1000, 11, 5
	if b.quick {
		servers, rounds, gathers = 100, 1, 1
	}
	light, _, err := icecastDocuments(200)
	if err != nil {
		return err
	}
	s, err := serve(servers, map[string][]byte{"/admin/listmounts": light})
	if err != nil {
		return err
	}
	defer s.close()
	var ours, theirs, ratios []float64
	for round := range rounds {
		var perHost [2]float64
		for i := range perHost {
			who := (i + round) % len(perHost)
			a, err := runChild(order{URLs: s.urls, Gathers: gathers, Discard: who == 0})
			if err != nil {
				return err
			}
			perHost[who] = float64(a.CPU) / float64(time.Microsecond) / float64(servers*gathers)
		}
		theirs, ours, ratios = append(theirs, perHost[0]), append(ours, perHost[1]), append(ratios, perHost[1]/perHost[0])
	}
	ratio := spreadOf(ratios)
	b.table(fmt.Sprintf("Polling %d servers with 200 mounts each (%d bytes), CPU per server and gather", servers, len(light)))
	b.row("net/http client that discards", spreadOf(theirs), " µs")
	b.row("this project, to line protocol", spreadOf(ours), " µs")
	b.row("ratio of a round", ratio, "×")
	b.most("polling: CPU of the discarding client", ratio.median, 1.3, "×")
	return nil
}

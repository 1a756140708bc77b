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
	var costs, ratios [written + 1][]float64
	for round := range rounds {
		var perHost [written + 1]float64
		for i := range perHost {
			w := work(i+round) % work(len(perHost))
			a, err := runChild(order{URLs: s.urls, Gathers: gathers, Work: w})
			if err != nil {
				return err
			}
			perHost[w] = float64(a.CPU) / float64(time.Microsecond) / float64(servers*gathers)
		}
		for w, cost := range perHost {
			costs[w], ratios[w] = append(costs[w], cost), append(ratios[w], cost/perHost[discarded])
		}
	}
	b.table(fmt.Sprintf("Polling %d servers with 200 mounts each (%d bytes), CPU per server and gather", servers, len(light)))
	b.row("net/http client that discards", spreadOf(costs[discarded]), " µs")
	for w, name := range [...]string{read: "polled and read", written: "polled, read, and written as line protocol"} {
		if name == "" {
			continue
		}
		ratio := spreadOf(ratios[w])
		b.row(name, spreadOf(costs[w]), " µs")
		b.row(name+": ratio of a round", ratio, "×")
		b.most(name+": CPU of the discarding client", ratio.median, 1.3, "×")
	}
	return nil
}

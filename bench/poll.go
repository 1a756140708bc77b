//go:build bench

package main

import (
	"fmt"
	"slices"
	"time"
)

const mib = 1 << 20

// pollPart compares what polling costs with what fetching alone costs.
func pollPart(r *report, quick bool) error {
	servers, rounds, gathers := 1000, 7, 4
	if quick {
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
	var ours, theirs []time.Duration
	for round := range rounds {
		for i := range 2 {
			discard := (i+round)%2 == 0
			a, err := runChild(order{URLs: s.urls, Gathers: gathers, Discard: discard})
			if err != nil {
				return err
			}
			if perHost := a.CPU / time.Duration(servers*gathers); discard {
				theirs = append(theirs, perHost)
			} else {
				ours = append(ours, perHost)
			}
		}
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	r.table(fmt.Sprintf("Polling %d servers with 200 mounts each, CPU per server and gather, median (quartiles)", servers))
	show := func(t []time.Duration) string {
		return fmt.Sprintf("%d µs (%d – %d)", t[len(t)/2].Microseconds(), t[len(t)/4].Microseconds(), t[len(t)*3/4].Microseconds())
	}
	r.row("net/http client that discards", show(theirs))
	r.row("this project, to line protocol", show(ours))
	r.most("polling: CPU of the discarding client", float64(ours[len(ours)/2])/float64(theirs[len(theirs)/2]), 1.3, "×")
	return nil
}

// memoryPart measures what many servers and large documents cost.
func memoryPart(r *report, quick bool) error {
	servers := 5000
	if quick {
		servers = 200
	}
	light, _, err := icecastDocuments(2)
	if err != nil {
		return err
	}
	s, err := serve(servers, map[string][]byte{"/admin/listmounts": light})
	if err != nil {
		return err
	}
	a, err := runChild(order{URLs: s.urls, Gathers: 3})
	s.close()
	if err != nil {
		return err
	}
	r.table("Memory and descriptors")
	r.row(fmt.Sprintf("%d servers with 2 mounts each: peak of memory", servers), fmt.Sprintf("%.1f MiB", float64(a.PeakRSS)/mib))
	r.row(fmt.Sprintf("%d servers with 2 mounts each: descriptors", servers), fmt.Sprint(a.Descriptors))
	r.most("5,000 servers: peak of memory", float64(a.PeakRSS)/1e6, 45, " MB")
	r.most("5,000 servers: descriptors", float64(a.Descriptors), 320, "")
	return largeDocument(r)
}

// largeDocument compares the peak with a stats document of 13 MB with that with a small one, of the same mounts on air.
func largeDocument(r *report) error {
	light, _, err := icecastDocuments(10)
	if err != nil {
		return err
	}
	peak := func(mounts int) (int64, int, error) {
		_, heavy, err := icecastDocuments(mounts)
		if err != nil {
			return 0, 0, err
		}
		var peaks []int64
		for range 5 {
			s, err := serve(1, map[string][]byte{"/admin/listmounts": light, "/admin/stats": heavy})
			if err != nil {
				return 0, 0, err
			}
			a, err := runChild(order{URLs: s.urls, Gathers: 5, Stats: true})
			s.close()
			if err != nil {
				return 0, 0, err
			}
			peaks = append(peaks, a.PeakRSS)
		}
		slices.Sort(peaks)
		return peaks[2], len(heavy), nil
	}
	small, _, err := peak(10)
	if err != nil {
		return err
	}
	large, size, err := peak(12_500)
	if err != nil {
		return err
	}
	r.row(fmt.Sprintf("a stats document of %.1f MB: rise of the peak", float64(size)/1e6), fmt.Sprintf("%.2f MB", float64(large-small)/1e6))
	r.most("a stats document of 13 MB: rise of the peak", float64(large-small)/1e6, 1, " MB")
	return nil
}

//go:build bench

package main

import "fmt"

// memoryPart measures what many servers and large documents cost the program.
func (b *bench) memoryPart() error {
	b.table("Memory and descriptors of the program")
	if err := b.manyServers(); err != nil {
		return err
	}
	return b.largeDocument()
}

const mountsEach = 20

// manyServers polls thousands of small servers.
func (b *bench) manyServers() error {
	servers, rounds := 5000, 5
	if b.quick {
		servers, rounds = 200, 1
	}
	light, heavy, err := icecastDocuments(mountsEach)
	if err != nil {
		return err
	}
	s, err := serve(servers, map[string][]byte{"/admin/listmounts": light, "/admin/stats": heavy})
	if err != nil {
		return err
	}
	defer s.close()
	for _, c := range []struct {
		what, statsInterval string
		answers             int
		judged              bool
	}{{"listmounts", "-1s", 1, true}, {"listmounts and stats", "0s", 2, false}} {
		file, err := b.pluginConfig(s.urls, c.statsInterval)
		if err != nil {
			return err
		}
		var peaks, descriptors []float64
		for range rounds {
			u, err := b.gathered(file, 3, c.answers*servers)
			if err != nil {
				return err
			}
			peaks, descriptors = append(peaks, u.peak), append(descriptors, float64(u.descriptors))
		}
		name := fmt.Sprintf("%d servers with %d mounts each, %s: ", servers, mountsEach, c.what)
		peak, open := spreadOf(peaks), spreadOf(descriptors)
		b.row(name+"peak", peak, " MB")
		b.row(name+"descriptors", open, "")
		if c.judged {
			b.most(name+"peak", peak.median, 45, " MB")
			b.most(name+"descriptors", open.high, 320, "")
		}
	}
	return nil
}

// largeDocument compares the peak with stats documents of 13 MB with that with a small one: where few of its sources are on
// air, and where all are.
func (b *bench) largeDocument() error {
	const few = 10
	many, rounds := 12_500, 7
	if b.quick {
		many, rounds = 1250, 1
	}
	lightFew, heavyFew, err := icecastDocuments(few)
	if err != nil {
		return err
	}
	lightMany, heavyMany, err := icecastDocuments(many)
	if err != nil {
		return err
	}
	cases := []struct {
		what         string
		light, heavy []byte
		peaks        []float64
	}{
		{what: fmt.Sprintf("%d mounts on air, small stats", few), light: lightFew, heavy: heavyFew},
		{what: fmt.Sprintf("%d mounts on air, stats of %.0f MB", few, float64(len(heavyMany))/mb), light: lightFew, heavy: heavyMany},
		{what: fmt.Sprintf("%d mounts on air, stats of %.0f MB", many, float64(len(heavyMany))/mb), light: lightMany, heavy: heavyMany},
	}
	for round := range rounds {
		for i := range cases {
			c := &cases[(i+round)%len(cases)]
			peak, err := b.peakOfOne(c.light, c.heavy)
			if err != nil {
				return err
			}
			c.peaks = append(c.peaks, peak)
		}
	}
	small := spreadOf(cases[0].peaks).median
	for i, c := range cases {
		peak := spreadOf(c.peaks)
		b.row(c.what+": peak", peak, " MB")
		if i > 0 {
			b.most(c.what+": rise of the peak", peak.median-small, 1, " MB")
		}
	}
	return nil
}

// peakOfOne is the program's peak with one server that has these documents.
func (b *bench) peakOfOne(light, heavy []byte) (float64, error) {
	s, err := serve(1, map[string][]byte{"/admin/listmounts": light, "/admin/stats": heavy})
	if err != nil {
		return 0, err
	}
	defer s.close()
	file, err := b.pluginConfig(s.urls, "0s")
	if err != nil {
		return 0, err
	}
	u, err := b.gathered(file, 5, 2)
	return u.peak, err
}

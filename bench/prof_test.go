//go:build bench

package main

import "testing"

func BenchmarkLineStats(b *testing.B) {
	list, err := subjects(1000)
	if err != nil {
		b.Fatal(err)
	}
	s := list[1]
	b.ReportAllocs()
	for b.Loop() {
		if err := s.oursToLines(); err != nil {
			b.Fatal(err)
		}
	}
}

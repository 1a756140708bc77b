//go:build bench

package main

import (
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
)

func TestHeap(t *testing.T) {
	light, _, _ := icecastDocuments(2)
	s, err := serve(5000, map[string][]byte{"/admin/listmounts": light})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var a account
	g, err := order{URLs: s.urls}.gatherer(&a)
	if err != nil {
		t.Fatal(err)
	}
	g()
	g()
	runtime.GC()
	runtime.GC()
	f, _ := os.Create("/tmp/heap.prof")
	pprof.Lookup("heap").WriteTo(f, 0)
	f.Close()
	runtime.KeepAlive(g)
}

//go:build bench

package main

func chainPart(*report, bool) error { return nil }
func binaryPart(*report) error      { return nil }

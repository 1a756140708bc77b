// Package faults holds the matrix of what servers, networks and clocks do to a poller, and what it makes of each: the result that the
// operator sees, that every other server is complete, and that nothing is left behind. It has tests only; docs/faults.md
// is made from their table (go test ./internal/faults -update).
package faults

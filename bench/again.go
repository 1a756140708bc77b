//go:build !bench

package main

import (
	"fmt"
	"os"
	"os/exec"
)

// main starts the command anew with the build tag bench: what the plugins let a benchmark see is behind it, so that it is not
// in the program.
func main() {
	cmd := exec.Command("go", append([]string{"run", "-tags", "bench", "."}, os.Args[1:]...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

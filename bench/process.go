//go:build bench

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const mb = 1e6

// memoryOf reads a size of a process, in MB: VmRSS is what it holds now, VmHWM the most that it ever held.
func memoryOf(pid int, key string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, key+":"); ok {
			kib, err := strconv.Atoi(strings.Fields(value)[0])
			return float64(kib) * 1024 / mb, err
		}
	}
	return 0, fmt.Errorf("there is no %s", key)
}

// watchDescriptors notes the most open descriptors of a process, looking every millisecond.
func watchDescriptors(pid int, done <-chan struct{}, most *int) {
	for {
		if entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid)); err == nil {
			*most = max(*most, len(entries))
		}
		select {
		case <-done:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// familyCPU is the user and system time of a process, and that of its children that run (proc(5), stat, fields 14 and 15).
func familyCPU(pid int) (own, children time.Duration) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux of today
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		var id, parent, user, system int
		_, _ = fmt.Sscan(string(text), &id)
		rest := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(rest) < 13 {
			continue
		}
		_, _ = fmt.Sscan(rest[1]+" "+rest[11]+" "+rest[12], &parent, &user, &system)
		switch spent := time.Duration(user+system) * tick; pid {
		case id:
			own += spent
		case parent:
			children += spent
		}
	}
	return own, children
}

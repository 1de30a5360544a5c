// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Clocks, memory and figures for the peer in Go, like the floor's measure.c.

package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

const (
	aliveAtATime    = 8
	warmUpChildren  = 8
	resetsPerTurn   = 1000
	idleBegins      = 500 * time.Millisecond
	idleLength      = 2 * time.Second
	inactivityLimit = 60 * time.Second
)

// Prints the reason for a failure and ends the program with exit code 1.
func fail(reason ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"go_peer:"}, reason...)...)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func number(word string) int {
	value, err := strconv.Atoi(word)
	check(err)
	return value
}

// Returns the processor time of this process without its children, in seconds.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

// Returns the time of CLOCK_MONOTONIC in seconds. The children print this clock, and a time.Time
// does not contain its value.
func monotonicSeconds() float64 {
	const clockMonotonic = 1
	var now syscall.Timespec
	syscall.RawSyscall(
		syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	return time.Duration(now.Nano()).Seconds()
}

// Returns the value of a line of /proc/self/status in bytes.
func statusBytes(name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, name) {
			return float64(number(strings.Fields(line)[1])) * 1024
		}
	}
	fail("/proc/self/status has no line", name)
	return 0
}

// Sets VmHWM, the peak of the resident set size, to the current size.
func resetPeak() {
	check(os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
}

// Allocates private memory of that size in bytes and writes to each page. The memory is outside of
// the garbage-collected heap, as it is in the other peers.
func touchMemory(size int) {
	if size == 0 {
		return
	}
	memory, err := syscall.Mmap(-1, 0, size,
		syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	check(err)
	for i := 0; i < size; i += 4096 {
		memory[i] = 1
	}
}

// Sleeps for half a second; settle in measure.h gives the reason.
func settle() {
	time.Sleep(500 * time.Millisecond)
}

// Raises the limit of open descriptors to the hard limit.
func raiseDescriptorLimit() {
	var limit syscall.Rlimit
	check(syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	limit.Cur = limit.Max
	check(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
}

// Returns the first delays of the floor's fixed sequence.
func delays(count int, longest time.Duration) []time.Duration {
	state := uint32(12345)
	values := make([]time.Duration, count)
	for i := range values {
		state = state*1664525 + 1013904223
		values[i] = time.Duration(float64(state) / 4294967296 * float64(longest))
	}
	return values
}

// Returns the value below which a share (0 to 1) of the values lies, and sorts the values.
func percentile(values []float64, share float64) float64 {
	sort.Float64s(values)
	index := int(share * float64(len(values)))
	if index >= len(values) {
		index = len(values) - 1
	}
	return values[index]
}

// Prints a line of scenario, metric and value.
func report(scenario, metric string, value float64) {
	fmt.Printf("%s %s %.6g\n", scenario, metric, value)
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// What the floor's measure.c does, for the peer in Go.

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
	resetsATurn     = 1000
	idleBegins      = 500 * time.Millisecond
	idleLength      = 2 * time.Second
	inactivityLimit = 60 * time.Second
)

func fail(what ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"go_peer:"}, what...)...)
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

func cpuSeconds() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

// CLOCK_MONOTONIC itself, which the children print: a time.Time does not tell it.
func monotonicSeconds() float64 {
	const clockMonotonic = 1
	var now syscall.Timespec
	syscall.RawSyscall(
		syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	return time.Duration(now.Nano()).Seconds()
}

func statusBytes(name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, name) {
			return float64(number(strings.Fields(line)[1])) * 1024
		}
	}
	fail("there is no", name)
	return 0
}

func resetPeak() {
	check(os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
}

// Makes this process so much larger: memory of its own that it has written to. It is not the
// collector's, as it is not with the others.
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

func settle() {
	time.Sleep(500 * time.Millisecond)
}

func raiseDescriptorLimit() {
	var limit syscall.Rlimit
	check(syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	limit.Cur = limit.Max
	check(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
}

// The fixed sequence of delays.
func delays(count int, longest time.Duration) []time.Duration {
	state := uint32(12345)
	values := make([]time.Duration, count)
	for i := range values {
		state = state*1664525 + 1013904223
		values[i] = time.Duration(float64(state) / 4294967296 * float64(longest))
	}
	return values
}

func percentile(values []float64, share float64) float64 {
	sort.Float64s(values)
	index := int(share * float64(len(values)))
	if index >= len(values) {
		index = len(values) - 1
	}
	return values[index]
}

func report(scenario, metric string, value float64) {
	fmt.Printf("%s %s %.6g\n", scenario, metric, value)
}

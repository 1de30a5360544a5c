// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Runs one scenario on Go. Goroutines and os/exec take the place of an event loop.
//
// Usage: go_peer SCENARIO ARGUMENT…

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A child that has ended once it has exited and both of its pipes are at end of file.
type child struct {
	command *exec.Cmd
	out     io.ReadCloser
	err     io.ReadCloser
}

func start(program string, words ...string) child {
	command := exec.Command(program, words...)
	out, problem := command.StdoutPipe()
	check(problem)
	err, problem := command.StderrPipe()
	check(problem)
	check(command.Start())
	return child{command, out, err}
}

// Reads both pipes concurrently until end of file, and then waits for the exit.
func (child child) finish(onOutput func(data []byte)) {
	errorsEnded := make(chan struct{})
	go func() {
		io.Copy(io.Discard, child.err)
		close(errorsEnded)
	}()
	buffer := make([]byte, 4096)
	for {
		count, err := child.out.Read(buffer)
		onOutput(buffer[:count])
		if err == io.EOF {
			break
		}
		check(err)
	}
	<-errorsEnded
	check(child.command.Wait())
}

func s1(words []string) {
	count := number(words[0])
	touchMemory(number(words[1]) << 20)
	settle()
	begin, cpu := time.Now(), cpuSeconds()
	left := int64(count)
	var all sync.WaitGroup
	for i := 0; i < aliveAtATime; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for atomic.AddInt64(&left, -1) >= 0 {
				start(words[3]).finish(func([]byte) {})
			}
		}()
	}
	all.Wait()
	report("S1", "cpu_us", (cpuSeconds()-cpu)/float64(count)*1e6)
	report("S1", "rate", float64(count)/time.Since(begin).Seconds())
}

func s2(words []string) {
	count := number(words[0])
	times := delays(count, time.Duration(number(words[1]))*time.Millisecond)
	left := int64(count)
	done := make(chan struct{})
	fire := func() {
		if atomic.AddInt64(&left, -1) == 0 {
			close(done)
		}
	}
	cpu := cpuSeconds()
	for _, delay := range times {
		time.AfterFunc(delay, fire)
	}
	<-done
	report("S2", "cpu_ns", (cpuSeconds()-cpu)/float64(count)*1e9)
}

func s2b(words []string) {
	count := number(words[0])
	nothing := func() {}
	times := delays(count, time.Second)
	timers := make([]*time.Timer, count)
	for _, delay := range delays(number(words[1]), time.Second) {
		time.AfterFunc(delay, nothing)
	}
	cpu := cpuSeconds()
	for i, delay := range times {
		timers[i] = time.AfterFunc(delay, nothing)
	}
	for _, timer := range timers {
		timer.Stop()
	}
	report("S2b", "cpu_ns", (cpuSeconds()-cpu)/float64(count)*1e9)
}

func silent() {
	fail("a child wrote nothing until the inactivity timeout")
}

func s2c(words []string) {
	count := number(words[0])
	timer := time.AfterFunc(inactivityLimit, silent)
	cpu := cpuSeconds()
	for done := 0; done < count; done += resetsPerTurn {
		for i := 0; i < resetsPerTurn; i++ {
			timer.Reset(inactivityLimit)
		}
		runtime.Gosched()
	}
	report("S2c", "ns", (cpuSeconds()-cpu)/float64(count)*1e9)
}

func s3(words []string) {
	begin, cpu := time.Now(), cpuSeconds()
	command := exec.Command(words[3], "blast", words[1], words[2])
	out, err := command.StdoutPipe()
	check(err)
	check(command.Start())
	received := 0
	buffer := make([]byte, 65536)
	for err == nil {
		var count int
		count, err = out.Read(buffer)
		received += count
	}
	check(command.Wait())
	elapsed := time.Since(begin).Seconds()
	if received != number(words[1]) {
		fail("received", received, "of", words[1], "bytes")
	}
	gigabytes := float64(received) / 1e9
	report("S3", "gb_per_s", gigabytes/elapsed)
	report("S3", "cpu_s_per_gb", (cpuSeconds()-cpu)/gigabytes)
}

// Starts children that sleep, each with an inactivity timer. The channel receives the delay from
// the printed time to the end of each child, in seconds.
func startSleepers(count int, seconds, program string) chan float64 {
	ends := make(chan float64, count)
	for i := 0; i < count; i++ {
		child := start(program, "sleep", seconds)
		timer := time.AfterFunc(inactivityLimit, silent)
		go func() {
			var text []byte
			child.finish(func(data []byte) {
				if len(data) > 0 {
					timer.Reset(inactivityLimit)
				}
				text = append(text, data...)
			})
			now := monotonicSeconds()
			timer.Stop()
			ends <- now - float64(number(string(bytes.TrimSpace(text))))/1e9
		}()
	}
	return ends
}

func s4(words []string) {
	count := number(words[0])
	raiseDescriptorLimit()
	warm := startSleepers(warmUpChildren, "0", words[2])
	for i := 0; i < warmUpChildren; i++ {
		<-warm
	}
	resetPeak()
	resident := statusBytes("VmRSS:")
	ends := startSleepers(count, words[1], words[2])
	time.Sleep(idleBegins)
	cpu := cpuSeconds()
	time.Sleep(idleLength)
	if len(ends) > 0 {
		fail("a child ended before the idle time was over")
	}
	report("S4", "idle_ms_per_s", (cpuSeconds()-cpu)*1e3/idleLength.Seconds())
	values := make([]float64, count)
	for i := range values {
		values[i] = <-ends
	}
	report("S4", "bytes", (statusBytes("VmHWM:")-resident)/float64(count))
	report("S4", "end_p50_us", percentile(values, 0.5)*1e6)
	report("S4", "end_p99_us", percentile(values, 0.99)*1e6)
}

// The caller has a thread of its own, as it has with the other peers. Two goroutines on one thread
// would switch without waking a thread.
func s5(words []string) {
	count := number(words[0])
	calls, replies, end := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		begin := time.Now()
		for i := 0; i < count; i++ {
			calls <- struct{}{}
			<-replies
		}
		report("S5", "us", time.Since(begin).Seconds()/float64(count)*1e6)
		close(end)
	}()
	for {
		select {
		case <-calls:
			replies <- struct{}{}
		case <-end:
			return
		}
	}
}

func main() {
	scenarios := map[string]func([]string){
		"S1": s1, "S2": s2, "S2b": s2b, "S2c": s2c, "S3": s3, "S4": s4, "S5": s5,
	}
	if len(os.Args) < 2 || scenarios[os.Args[1]] == nil {
		// The driver takes this exit code for a missing scenario.
		os.Exit(64)
	}
	scenarios[os.Args[1]](os.Args[2:])
}

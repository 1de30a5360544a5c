// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

// The functions that both sides measure with. The floor has the same ones in `measure.c`.

/// Returns the time of CLOCK_MONOTONIC in seconds.
func monotonicSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// Returns the processor time of this process in user and system mode, in seconds.
///
/// The time of children is not included.
func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let whole = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return Double(whole) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

/// Returns the resident set size of this process in bytes.
func residentBytes() -> Double {
    statusBytes("VmRSS:")
}

/// Returns the greatest resident set size since `resetPeak`, in bytes.
func peakResidentBytes() -> Double {
    statusBytes("VmHWM:")
}

/// Returns how often this process has called write(2) and similar system calls.
func writeCalls() -> Double {
    number("syscw:", in: "/proc/self/io")
}

/// Sets the peak of the resident set size to the current size.
func resetPeak() {
    // Writing 5 to this file resets the peak: see proc(5), "clear_refs".
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0, write(file, "5", 1) == 1 else { fail("cannot write to /proc/self/clear_refs") }
    close(file)
}

private func statusBytes(_ name: String) -> Double {
    number(name, in: "/proc/self/status") * 1024
}

private func number(_ name: String, in path: String) -> Double {
    guard let file = fopen(path, "re") else { fail("cannot read \(path)") }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
        if strncmp(line, name, name.utf8.count) == 0 {
            return Double(atol(Array(line.dropFirst(name.utf8.count))))
        }
    }
    return 0
}

/// Sleeps for half a second, so that the kernel's scheduler does not classify this process as busy.
///
/// A process that has just computed for a third of a second starts its children more slowly for
/// several seconds.
func settle() {
    usleep(500 * 1000)
}

/// Touches 128 MiB of memory and unmaps it, so that the host backs the memory of the next user.
///
/// The host of a virtual machine may reclaim memory that the machine does not use. The first access
/// to such memory is slow, and would otherwise be part of the measurement.
func warmMemory() {
    let size = 128 << 20
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { fail("cannot map 128 MiB of memory") }
    madvise(memory, size, MADV_HUGEPAGE)
    for offset in stride(from: 0, to: size, by: 4096) {
        memory.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
    }
    munmap(memory, size)
}

/// Raises the limit of open descriptors to the hard limit.
func raiseDescriptorLimit() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

/// A fixed sequence of delays, the same on both sides of the comparison.
struct Delays {
    private let longest: Double
    private var state: UInt32 = 12345

    init(longest: Duration) {
        self.longest = longest / .nanoseconds(1)
    }

    mutating func next() -> Duration {
        self.state = self.state &* 1_664_525 &+ 1_013_904_223
        return .nanoseconds(Int64(Double(self.state) / 4_294_967_296 * self.longest))
    }

    mutating func next(_ count: Int) -> [Duration] {
        (0..<count).map { _ in self.next() }
    }
}

/// Returns the value below which a share of the values lies; `share` is from 0 to 1.
func percentile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    return sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
}

/// Prints a line of scenario, metric and value.
func report(_ scenario: String, _ metric: String, _ value: Double) {
    print(scenario, metric, value)
}

/// Prints the reason for a failure on standard error, and ends the program with exit code 1.
func fail(_ reason: String) -> Never {
    let text = Array("reactor-bench: \(reason)\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    exit(1)
}

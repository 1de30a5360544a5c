// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

// What the floor's measure.c does, in the same way.

/// The monotonic clock, in seconds.
func monotonicSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// The processor time of this process so far, user and system, in seconds.
func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let whole = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return Double(whole) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

/// What this process has in memory now, in bytes.
func residentBytes() -> Double {
    statusBytes("VmRSS:")
}

/// The most that this process has had in memory since `resetPeak`, in bytes.
func peakResidentBytes() -> Double {
    statusBytes("VmHWM:")
}

/// How often this process has called write(2) and the like.
func writeCalls() -> Double {
    number("syscw:", in: "/proc/self/io")
}

func resetPeak() {
    // proc(5): 5 resets the peak of the resident set to its size now.
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0, write(file, "5", 1) == 1 else { fail("cannot reset the peak of memory") }
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

/// Sleeps for half a second, so that the scheduler does not take us for a process that computes.
func settle() {
    usleep(500 * 1000)
}

/// Touches 128 MiB and gives them back, so that the system has that much which is really there: what
/// a virtual machine has had no use for, its host may have taken back, and the first to touch it
/// pays.
func warmMemory() {
    let size = 128 << 20
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { fail("no memory to warm") }
    madvise(memory, size, MADV_HUGEPAGE)
    for place in stride(from: 0, to: size, by: 4096) {
        memory.storeBytes(of: 1, toByteOffset: place, as: UInt8.self)
    }
    munmap(memory, size)
}

/// Allows as many open descriptors as the system gives.
func raiseDescriptorLimit() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

/// The fixed sequence of delays that both sides of the comparison use.
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

/// The value below which the share `share` of the values lies.
func percentile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    return sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
}

/// Prints one line: scenario, metric, value.
func report(_ scenario: String, _ metric: String, _ value: Double) {
    print(scenario, metric, value)
}

/// Prints why it cannot go on, and ends the program.
func fail(_ what: String) -> Never {
    let text = Array("reactor-bench: \(what)\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    exit(1)
}

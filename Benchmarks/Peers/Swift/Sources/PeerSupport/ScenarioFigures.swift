// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Synchronization

/// Measures and prints the figures of S4 COUNT SECONDS CHILD.
///
/// All methods are thread-safe.
package final class ChildrenFigures: Sendable {
    package static let warmUpChildren = 8
    package static let idleBegins = Duration.milliseconds(500)
    package static let idleLength = Duration.seconds(2)
    package static let inactivityLimit = Duration.seconds(60)

    private let count: Int
    private let resident: Double
    private let delays: Mutex<[Double]>
    private let idleCPU = Mutex(0.0)

    package init(_ count: Int) {
        self.count = count
        var delays: [Double] = []
        delays.reserveCapacity(count)
        self.delays = Mutex(delays)
        reset_peak()
        self.resident = resident_bytes()
    }

    /// Records the end of a child that printed `text`, and returns whether it was the last child.
    @discardableResult
    package func ended(_ text: [UInt8]) -> Bool {
        let now = monotonic_seconds()
        let digits = text.prefix { $0 != UInt8(ascii: "\n") }
        guard let printed = Double(String(decoding: digits, as: UTF8.self)) else {
            fail("a child did not print the time as its first line")
        }
        return self.delays.withLock { delays in
            delays.append(now - printed / 1e9)
            return delays.count == self.count
        }
    }

    package func idleBegins() {
        self.idleCPU.withLock { $0 = cpu_seconds() }
    }

    package func idleEnds() {
        let cpu = cpu_seconds() - self.idleCPU.withLock { $0 }
        if !self.delays.withLock({ $0.isEmpty }) {
            fail("a child ended before the idle time was over")
        }
        report("S4", "idle_ms_per_s", cpu * 1e3 / (Self.idleLength / .seconds(1)))
    }

    package func end() {
        report("S4", "bytes", (peak_resident_bytes() - self.resident) / Double(self.count))
        var delays = self.delays.withLock { $0 }
        let count = Int32(delays.count)
        report("S4", "end_p50_us", percentile(&delays, count, 0.5) * 1e6)
        report("S4", "end_p99_us", percentile(&delays, count, 0.99) * 1e6)
    }
}

/// Prepares the process for S1 COUNT BALLAST_MIB EXTRA_DESCRIPTORS PROGRAM, and measures and prints
/// its figures.
///
/// EXTRA_DESCRIPTORS is ignored, because no peer runs the variant with many descriptors.
package struct SpawnFigures {
    package static let aliveAtATime = 8

    private let count: Int
    private let start: Double
    private let cpu: Double

    package init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        raise_descriptor_limit()
        touch_memory(arguments.number(1) << 20)
        settle()
        self.start = monotonic_seconds()
        self.cpu = cpu_seconds()
    }

    package func end() {
        let elapsed = monotonic_seconds() - self.start
        report("S1", "cpu_us", (cpu_seconds() - self.cpu) / Double(self.count) * 1e6)
        report("S1", "rate", Double(self.count) / elapsed)
    }
}

/// Measures and prints the figures of S3 KIND BYTES CHUNK CHILD.
package struct OutputFigures: Sendable {
    private let expected: Int
    private let start = monotonic_seconds()
    private let cpu = cpu_seconds()

    package init(_ arguments: ScenarioArguments) {
        self.expected = arguments.number(1)
    }

    package func end(received: Int) {
        let elapsed = monotonic_seconds() - self.start
        if received != self.expected {
            fail("received \(received) of \(self.expected) bytes")
        }
        let gigabytes = Double(received) / 1e9
        report("S3", "gb_per_s", gigabytes / elapsed)
        report("S3", "cpu_s_per_gb", (cpu_seconds() - self.cpu) / gigabytes)
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Synchronization

/// S4 COUNT SECONDS CHILD: what is printed.
///
/// Any thread may tell it what happened.
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

    /// A child has ended, which printed the time before; whether it was the last one.
    @discardableResult
    package func ended(_ text: [UInt8]) -> Bool {
        let now = monotonic_seconds()
        let digits = text.prefix { $0 != UInt8(ascii: "\n") }
        guard let printed = Double(String(decoding: digits, as: UTF8.self)) else {
            fail("a child did not print the time")
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
            fail("a child ended while the others were to be idle")
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

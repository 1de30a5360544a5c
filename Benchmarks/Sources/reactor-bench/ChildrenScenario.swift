// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// S4 COUNT SECONDS CHILD: runs COUNT children at the same time, each with two pipes and an
/// inactivity timeout.
///
/// Each child sleeps for SECONDS, prints the time and exits. The scenario measures the memory
/// for each child, the processor time while all of them sleep, and the delay from the printed
/// time to `processEnded`.
final class ChildrenScenario {
    private static let warmUpChildren = 8
    private static let idleBegins = 0.5
    private static let idleLength = 2.0

    fileprivate let reactor = LibevReactor()
    private let count: Int
    private let program: String
    private let seconds: String
    private var left = 0
    private var delays: [Double] = []
    private var whenAllEnded: () -> Void = {}

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        self.seconds = arguments.text(1)
        self.program = arguments.text(2)
        raiseDescriptorLimit()
    }

    func run() {
        self.reactor.callWhenRunning { self.warmUp() }
        self.reactor.run()
    }

    fileprivate func childEnded(after delay: Double) {
        self.delays.append(delay)
        self.left -= 1
        if self.left == 0 { self.whenAllEnded() }
    }

    private func warmUp() {
        self.start(Self.warmUpChildren, seconds: "0")
        self.whenAllEnded = { self.reactor.callLater(.zero) { self.measure() } }
    }

    private func measure() {
        self.delays = []
        self.delays.reserveCapacity(self.count)
        resetPeak()
        let resident = residentBytes()
        let cpu = cpuSeconds()
        self.start(self.count, seconds: self.seconds)
        report("S4", "spawn_cpu_us", (cpuSeconds() - cpu) / Double(self.count) * 1e6)
        // A turn of its own: delayed calls are relative to the time at the start of the turn, which
        // in this turn is the time before the spawning.
        self.reactor.callLater(.zero) { self.watchIdleTime() }
        self.whenAllEnded = {
            let count = Double(self.count)
            report("S4", "cpu_us", (cpuSeconds() - cpu) / count * 1e6)
            report("S4", "bytes", (peakResidentBytes() - resident) / count)
            report("S4", "end_p50_us", percentile(self.delays, 0.5) * 1e6)
            report("S4", "end_p99_us", percentile(self.delays, 0.99) * 1e6)
            self.reactor.stop()
        }
    }

    private func watchIdleTime() {
        var cpu = 0.0
        self.reactor.callLater(.seconds(Self.idleBegins)) { cpu = cpuSeconds() }
        self.reactor.callLater(.seconds(Self.idleBegins + Self.idleLength)) {
            if !self.delays.isEmpty {
                fail(
                    "a child ended before the idle time was over; use a longer sleep, or fewer"
                        + " children"
                )
            }
            report("S4", "idle_ms_per_s", (cpuSeconds() - cpu) * 1e3 / Self.idleLength)
        }
    }

    private func start(_ count: Int, seconds: String) {
        self.left = count
        var request = SpawnRequest(self.program, ["sleep", seconds])
        request.streams = .descriptors([0: .null, 1: .read, 2: .read])
        request.exitPolicy = .allWritersClosed
        for _ in 0..<count {
            do {
                try self.reactor.spawnProcess(SleepingChild(self), request)
            } catch {
                fail("\(error)")
            }
        }
    }
}

/// A child that sleeps and then prints the time, with an inactivity timeout.
private final class SleepingChild: ProcessProtocol, TimeoutMixin {
    let timeoutState = TimeoutState()
    private unowned let scenario: ChildrenScenario
    private var printed: Double = 0

    init(_ scenario: ChildrenScenario) {
        self.scenario = scenario
    }

    func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.scenario.reactor.callLater(delay, body)
    }

    func timeoutConnection() {
        fail("a child wrote nothing until the inactivity timeout")
    }

    override func connectionMade() {
        self.setTimeout(.seconds(60))
    }

    override func outReceived(_ data: RawSpan) {
        self.resetTimeout()
        for index in 0..<data.byteCount {
            let byte = data.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            if byte >= 48, byte < 58 { self.printed = self.printed * 10 + Double(byte - 48) }
        }
    }

    override func processEnded(_ end: ProcessEnd) {
        let delay = monotonicSeconds() - self.printed / 1e9
        if !end.exit.isSuccess { fail("a child \(end.exit)") }
        self.cancelTimeout()
        self.scenario.childEnded(after: delay)
    }
}

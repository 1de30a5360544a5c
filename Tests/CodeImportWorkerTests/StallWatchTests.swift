// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@testable import code_import_worker

@Suite struct `Watch for stalls` {
    private var watch = StallWatch(limit: .seconds(20), now: .zero)

    private static func process(
        ticks: Int = 0,
        faults: Int = 0,
        bytes: Int = 0,
        name: String = "git",
        start: Int = 1
    ) -> GitActivity {
        let process = GitActivity.Process(
            pid: 7,
            parent: 1,
            start: start,
            name: name,
            ticks: ticks,
            faults: faults,
            bytes: bytes
        )
        return GitActivity(processes: [process])
    }

    /// Checks every five seconds until the given time, with the activity at each time.
    private mutating func run(
        until seconds: Int,
        outputBytes: (Int) -> Int = { _ in 0 },
        _ activity: (Int) -> GitActivity
    ) {
        for second in stride(from: 5, through: seconds, by: 5) {
            self.watch.check(
                activity(second),
                outputBytes: outputBytes(second),
                now: .seconds(second)
            )
        }
    }

    @Test mutating func `a git without a sign of life has stalled after the limit`() {
        self.run(until: 15) { _ in Self.process() }
        #expect(!self.watch.isStalled)
        self.run(until: 20) { _ in Self.process() }
        #expect(self.watch.isStalled)
    }

    @Test mutating func `a git without a limit never stalls`() {
        self.watch = StallWatch(limit: nil, now: .zero)
        self.run(until: 10_000) { _ in Self.process() }
        #expect(!self.watch.isStalled)
        #expect(self.watch.sentence == nil)
    }

    @Test mutating func `any output, byte, page of memory or CPU time is a sign of life`() {
        self.run(until: 100, outputBytes: { $0 }) { _ in Self.process() }
        #expect(!self.watch.isStalled)
        self.run(until: 100) { Self.process(bytes: $0 / 15) }
        #expect(!self.watch.isStalled)
        self.run(until: 100) { Self.process(faults: $0 / 15) }
        #expect(!self.watch.isStalled)
        self.run(until: 100) { Self.process(ticks: $0 * 50) }
        #expect(!self.watch.isStalled)
    }

    @Test mutating func `the CPU time of a helper that only waits is no sign of life`() {
        // Measured: 27 ms in 30 s.
        self.run(until: 40) { Self.process(ticks: $0 / 10) }
        #expect(self.watch.isStalled)
    }

    @Test mutating func `the activity of other programs is no sign of life`() {
        self.run(until: 40) { Self.process(ticks: $0 * 100, bytes: $0, name: "sleep") }
        #expect(self.watch.isStalled)
    }

    @Test mutating func `what a new process did before it was seen is no sign of life`() {
        self.run(until: 40) { Self.process(ticks: 100, faults: 100, bytes: 100, start: $0) }
        #expect(self.watch.isStalled)
    }

    @Test mutating func `a worker that was stopped for an hour has not seen an hour of silence`() {
        self.run(until: 5) { _ in Self.process() }
        self.watch.check(Self.process(), outputBytes: 0, now: .seconds(3600))
        #expect(!self.watch.isStalled)
    }

    @Test mutating func `the sentence says what git does`() {
        self.run(until: 5) { Self.process(ticks: $0 * 100) }
        self.run(until: 10) { Self.process(ticks: $0 * 100) }
        #expect(self.watch.sentence?.hasSuffix(" has used 10 s of CPU time.") == true)
        self.run(until: 25) { _ in Self.process(ticks: 1000) }
        #expect(
            self.watch.sentence?.hasPrefix("Waiting: git has shown no sign of life for ") == true
        )
    }

    @Test func `a process and its activity are found`() throws {
        let own = GitActivity.now().processes
        #expect(!own.contains { $0.pid == getpid() })
        let pid = try #require(Self.child())
        defer {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        let child = try #require(GitActivity.now().processes.first { $0.pid == pid })
        #expect(child.name == "sleep")
        #expect(child.parent == getpid())
        #expect(GitActivity.isRunning(child))
        var other = child
        other.start += 1
        #expect(!GitActivity.isRunning(other))
    }

    private static func child() -> Int32? {
        let process = Foundation.Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["1000"]
        try? process.run()
        return process.isRunning ? process.processIdentifier : nil
    }

    @Test(arguments: [
        (nil, 30.0), ("3600.0", 30), ("90", 30), ("30", 10), ("1.5", 0.5), ("0", 30), ("x", 30),
        ("-1", 30),
    ])
    func `a silent git shows life often enough for the monitor`(text: String?, seconds: Double) {
        let patience = GitPatience(stallLimit: nil, inactivityTimeout: text)
        #expect(patience.lineInterval == .seconds(seconds))
    }
}

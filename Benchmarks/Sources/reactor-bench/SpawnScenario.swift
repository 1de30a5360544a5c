// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// S1 COUNT BALLAST_MIB EXTRA_DESCRIPTORS PROGRAM: starts COUNT children, eight of them alive at
/// a time.
///
/// A child has ended when it has exited and both of its pipes are at end of file. Before the first
/// spawn the process touches BALLAST_MIB MiB of memory and opens EXTRA_DESCRIPTORS descriptors.
final class SpawnScenario {
    private static let aliveAtATime = 8

    private let reactor = LibevReactor()
    private let count: Int
    private let request: SpawnRequest
    private var leftToStart: Int
    private var alive = 0

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        self.leftToStart = self.count
        var request = SpawnRequest(arguments.text(3))
        request.streams = .descriptors([0: .null, 1: .read, 2: .read])
        request.exitPolicy = .allWritersClosed
        self.request = request
        raiseDescriptorLimit()
        Self.touchMemory(arguments.number(1) << 20)
        Self.openDescriptors(arguments.number(2))
    }

    func run() {
        var start = 0.0
        var cpu = 0.0
        settle()
        self.reactor.callWhenRunning {
            start = monotonicSeconds()
            cpu = cpuSeconds()
            self.fillUp()
        }
        self.reactor.run()
        let elapsed = monotonicSeconds() - start
        report("S1", "cpu_us", (cpuSeconds() - cpu) / Double(self.count) * 1e6)
        report("S1", "rate", Double(self.count) / elapsed)
        report("S1", "cycle_us", elapsed / Double(self.count) * 1e6)
    }

    func childEnded() {
        self.alive -= 1
        self.fillUp()
        if self.alive == 0 { self.reactor.stop() }
    }

    private func fillUp() {
        while self.leftToStart > 0, self.alive < Self.aliveAtATime {
            self.leftToStart -= 1
            self.alive += 1
            do {
                try self.reactor.spawnProcess(SpawnedOnce(self), self.request)
            } catch {
                fail("\(error)")
            }
        }
    }

    private static func touchMemory(_ bytes: Int) {
        guard bytes > 0 else { return }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 4096)
        for index in stride(from: 0, to: bytes, by: 4096) { memory[index] = 1 }
    }

    private static func openDescriptors(_ count: Int) {
        for _ in 0..<count where open("/dev/null", O_RDONLY | O_CLOEXEC) < 0 {
            fail("cannot open \(count) descriptors; raise the limit of open files")
        }
    }
}

/// A child whose output is ignored.
private final class SpawnedOnce: ProcessProtocol {
    private let scenario: SpawnScenario

    init(_ scenario: SpawnScenario) {
        self.scenario = scenario
    }

    override func processEnded(_ end: ProcessEnd) {
        if !end.exit.isSuccess { fail("a child \(end.exit)") }
        self.scenario.childEnded()
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// S3 KIND BYTES CHUNK CHILD: reads BYTES bytes from a child that writes CHUNK bytes at a time.
///
/// KIND is `pipe`, `socketpair` or `terminal`.
final class OutputScenario {
    private let reactor = LibevReactor()
    private let kind: String
    private let bytes: Int
    private var request: SpawnRequest

    init(_ arguments: ScenarioArguments) {
        self.kind = arguments.text(0)
        self.bytes = arguments.number(1)
        let command = ["blast", arguments.text(1), arguments.text(2)]
        self.request = SpawnRequest(arguments.text(3), command)
    }

    func run() {
        let receiver = OutputReceiver(self.reactor)
        var start = 0.0
        var cpu = 0.0
        self.reactor.callWhenRunning {
            start = monotonicSeconds()
            cpu = cpuSeconds()
            self.spawn(receiver)
        }
        self.reactor.run()
        let elapsed = monotonicSeconds() - start
        if receiver.received != self.bytes {
            fail("received \(receiver.received) of \(self.bytes) bytes")
        }
        let gigabytes = Double(receiver.received) / 1e9
        report("S3", "gb_per_s", gigabytes / elapsed)
        report("S3", "cpu_s_per_gb", (cpuSeconds() - cpu) / gigabytes)
        report("S3", "reads", Double(receiver.reads))
    }

    private func spawn(_ receiver: OutputReceiver) {
        switch self.kind {
        case "pipe": self.request.streams = .descriptors([0: .null, 1: .read, 2: .sameAs(1)])
        case "terminal": self.request.streams = .terminal()
        case "socketpair":
            self.request.streams = .descriptors([0: .null, 1: .readSocket, 2: .sameAs(1)])
        default: fail("there is no kind of stream \(self.kind)")
        }
        do {
            try self.reactor.spawnProcess(receiver, self.request)
        } catch {
            fail("\(error)")
        }
    }
}

/// Counts the bytes that a child writes, and the reads that delivered them.
private final class OutputReceiver: ProcessProtocol {
    private let reactor: LibevReactor
    private(set) var received = 0
    private(set) var reads = 0

    init(_ reactor: LibevReactor) {
        self.reactor = reactor
    }

    override func outReceived(_ data: RawSpan) {
        self.received += data.byteCount
        self.reads += 1
    }

    override func processEnded(_ end: ProcessEnd) {
        if !end.exit.isSuccess { fail("the child \(end.exit)") }
        self.reactor.stop()
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// S3 KIND BYTES CHUNK CHILD: reads BYTES that a child writes, CHUNK a write, through a pipe, a socket pair or
/// a terminal.
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
        if receiver.received != self.bytes { fail("output was lost") }
        let gigabytes = Double(receiver.received) / 1e9
        report("S3", "gb_per_s", gigabytes / elapsed)
        report("S3", "cpu_s_per_gb", (cpuSeconds() - cpu) / gigabytes)
        report("S3", "reads", Double(receiver.reads))
    }

    private func spawn(_ receiver: OutputReceiver) {
        var theirs: Int32 = -1
        switch self.kind {
        case "pipe": self.request.streams = .descriptors([0: .null, 1: .read, 2: .sameAs(1)])
        case "terminal": self.request.streams = .terminal()
        case "socketpair":
            theirs = receiver.openSocketPair()
            self.request.streams = .descriptors([0: .null, 1: .inherit(theirs), 2: .sameAs(1)])
        default: fail("no such kind: \(self.kind)")
        }
        do {
            try self.reactor.spawnProcess(receiver, self.request)
        } catch {
            fail("\(error)")
        }
        if theirs >= 0 { close(theirs) }
    }
}

/// Counts what a child writes.
private final class OutputReceiver: ProcessProtocol {
    private let reactor: LibevReactor
    private(set) var received = 0
    private(set) var reads = 0
    private var socket: Int32?

    init(_ reactor: LibevReactor) {
        self.reactor = reactor
    }

    override func outReceived(_ data: RawSpan) {
        self.received += data.byteCount
        self.reads += 1
    }

    override func processEnded(_ end: ProcessEnd) {
        if !end.exit.isSuccess { fail("the child \(end.exit)") }
        if self.socket == nil { self.reactor.stop() }
    }

    /// A child's stream cannot be asked to be a socket pair yet: what a user can do instead is to make one,
    /// hand one end to the child, and watch the other.
    func openSocketPair() -> Int32 {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { fail("cannot make a socket pair") }
        let ours = ends[0]
        _ = fcntl(ours, F_SETFL, O_NONBLOCK)
        self.socket = ours
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 64)
        var watch: (any DescriptorWatch)?
        watch = self.reactor.addReader(ours) {
            let count = read(ours, buffer.baseAddress, buffer.count)
            if count > 0 { return self.outReceived(buffer.bytes.extracting(first: count)) }
            guard count == 0 else { return }
            watch?.remove()
            self.reactor.stop()
        }
        return ends[1]
    }
}

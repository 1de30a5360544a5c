// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

/// Keeps what a program writes until it ends, and then stops the reactor.
final class Capture: ProcessProtocol {
    private let reactor: LibevReactor
    private let timeout: Duration
    private var killer: DelayedCall?
    private(set) var result = ProgramResult(exit: .unknown, out: "", err: "", maximumResidentBytes: 0)

    init(reactor: LibevReactor, timeout: Duration) {
        self.reactor = reactor
        self.timeout = timeout
        super.init()
    }

    override func connectionMade() {
        self.killer = self.reactor.callLater(self.timeout) { [unowned self] in
            try? self.transport?.signalProcess(.kill, to: .group)
        }
    }

    override func outReceived(_ data: RawSpan) {
        self.result.out += Self.text(data)
    }

    override func errReceived(_ data: RawSpan) {
        self.result.err += Self.text(data)
    }

    override func processEnded(_ end: ProcessEnd) {
        self.killer?.cancel()
        self.result.exit = end.exit
        self.result.maximumResidentBytes = end.usage?.maximumResidentBytes ?? 0
        self.reactor.stop()
    }

    private static func text(_ data: RawSpan) -> String {
        data.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor

/// Keeps what a program writes until it ends, and then stops the reactor.
final class Capture: ProcessProtocol {
    private let reactor: LibevReactor
    private let timeout: Duration
    private var killer: DelayedCall?
    private var sampler: DelayedCall?
    private(set) var result = ProgramResult(
        exit: .unknown,
        out: "",
        err: "",
        maximumResidentBytes: 0
    )

    init(reactor: LibevReactor, timeout: Duration) {
        self.reactor = reactor
        self.timeout = timeout
        super.init()
    }

    override func connectionMade() {
        self.sampleMemory()
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
        self.sampler?.cancel()
        self.reactor.stop()
    }

    /// The high-water mark of the program's own memory. (The usage that the kernel gives at the end
    /// has that of this process in it, see `ResourceUsage`.)
    private func sampleMemory() {
        let status =
            (try? String(
                contentsOfFile: "/proc/\(self.transport?.pid ?? 0)/status",
                encoding: .utf8
            )) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        self.result.maximumResidentBytes = max(self.result.maximumResidentBytes, kibibytes * 1024)
        self.sampler = self.reactor.callLater(.milliseconds(20)) { [unowned self] in
            self.sampleMemory()
        }
    }

    private static func text(_ data: RawSpan) -> String {
        data.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

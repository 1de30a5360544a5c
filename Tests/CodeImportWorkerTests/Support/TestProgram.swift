// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

/// The protocol of a program that a test runs.
final class TestProgram: ProcessProtocol {
    private(set) var end: ProcessEnd?
    private var bytes: [Int32: [UInt8]] = [:]

    /// The bytes that the program wrote to standard output.
    var output: String { self.text(1) }
    /// The bytes that the program wrote to standard error.
    var errors: String { self.text(2) }
    /// The lines of standard output.
    var lines: [Substring] { self.output.split(separator: "\n") }
    /// The exit code, or `nil` if the program died from a signal.
    var code: Int32? { self.end?.exit.code }

    override func childDataReceived(_ data: RawSpan, from descriptor: Int32) {
        data.withUnsafeBytes { self.bytes[descriptor, default: []].append(contentsOf: $0) }
    }

    override func processEnded(_ end: ProcessEnd) {
        self.end = end
    }

    private func text(_ descriptor: Int32) -> String {
        String(decoding: self.bytes[descriptor] ?? [], as: UTF8.self)
    }
}

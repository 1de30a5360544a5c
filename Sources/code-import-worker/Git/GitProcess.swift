// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// One run of git: keeps its output, and hands on the lines of its standard error.
final class GitProcess: ProcessProtocol {
    private(set) var output: [UInt8] = []
    private(set) var end: ProcessEnd?
    private var splitter = LineSplitter()
    private let lineReceived: (OutputLine) -> Void

    init(lineReceived: @escaping (OutputLine) -> Void) {
        self.lineReceived = lineReceived
    }

    override func outReceived(_ data: RawSpan) {
        data.withUnsafeBytes { self.output.append(contentsOf: $0) }
    }

    override func errReceived(_ data: RawSpan) {
        self.splitter.take(data).forEach(self.lineReceived)
    }

    override func processEnded(_ end: ProcessEnd) {
        if let last = self.splitter.finish() { self.lineReceived(last) }
        self.end = end
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A process whose output was captured ended otherwise than with exit code 0.
public struct ProcessFailed: Error, Sendable, Hashable, CustomStringConvertible {
    /// What it wrote until then, and how it ended.
    public var output: ProcessOutput

    /// Makes the error.
    public init(output: ProcessOutput) {
        self.output = output
    }

    /// A full sentence, with the last line that the process wrote to its standard error.
    public var description: String {
        let lines = String(decoding: self.output.err, as: UTF8.self).split(separator: "\n")
        guard let last = lines.last else { return "The process \(self.output.exit)." }
        return "The process \(self.output.exit): \(last)"
    }
}

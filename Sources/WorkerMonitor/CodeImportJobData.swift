// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What the scheduler says about a job when its monitor asks.
public struct CodeImportJobData: Sendable, Hashable {
    /// The worker's arguments, or for a plain command the command itself.
    public var arguments: [String]

    /// What is imported, for logs; nil if that means nothing.
    public var targetURL: String?

    /// A name for the job's log file, without a folder; nil leaves it to the monitor.
    public var logFileName: String?

    /// Makes the data.
    public init(arguments: [String], targetURL: String? = nil, logFileName: String? = nil) {
        self.arguments = arguments
        self.targetURL = targetURL
        self.logFileName = logFileName
    }
}

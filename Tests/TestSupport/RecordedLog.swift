// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Logging
import Synchronization

/// A log that keeps its messages, one line each: level, message, and metadata sorted by key.
package final class RecordedLog: Sendable {
    private let recorded = Mutex<[String]>([])

    package init() {}

    /// All lines so far.
    package var lines: [String] { self.recorded.withLock { $0 } }

    /// The lines with the level `error`.
    package var errors: [String] { self.lines.filter { $0.hasPrefix("error: ") } }

    /// A logger that writes to this log.
    package var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private func add(_ line: String) {
        self.recorded.withLock { $0.append(line) }
    }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        init(log: RecordedLog) {
            self.log = log
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map {
                " \($0.key)=\($0.value)"
            }
            self.log.add("\(event.level): \(event.message)\(pairs.joined())")
        }
    }
}

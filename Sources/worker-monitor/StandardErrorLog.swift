// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Logging

/// The monitor's own messages as lines on standard error, above the live line.
struct StandardErrorLog: LogHandler {
    /// Whether a live line may be there.
    let clearsLine: Bool
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = self.metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { " \($0.key): \(Self.sentence("\($0.value)"))" }
            .joined()
        let line = "worker-monitor: \(event.level): \(event.message)\(details)\n"
        let text = (self.clearsLine ? "\r\u{1B}[K" : "") + line
        StandardError.write(text)
    }
    private static func sentence(_ text: String) -> String {
        text.hasSuffix(".") ? text : text + "."
    }
}

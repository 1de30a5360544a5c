// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The details of a failure, which a worker tells its monitor in addition to its exit code.
///
/// The monitor names a file in the environment of the worker, and the worker writes one line of
/// JSON into it before it exits. Both sides work without the file: the exit code alone decides the
/// status of the job and who is at fault. The monitor treats the content as untrusted text.
package struct WorkerResult: Codable, Equatable {
    /// The environment variable with the path of the file.
    package static let fileVariable = "IMPORT_RESULT_FILE"
    /// The environment variable with the inactivity timeout of the monitor, in seconds.
    ///
    /// A worker that is busy but silent should write a line more often than that.
    package static let inactivityVariable = "IMPORT_INACTIVITY_TIMEOUT"
    /// The number of bytes that the monitor reads from the file.
    package static let longest = 4096
    /// The longest wait in seconds: one day.
    package static let longestWait = 86_400

    private static let longestSentence = 1000

    /// The time to wait before the next attempt, in seconds.
    package var retryAfter: Int?
    /// The reason for the failure, in sentences.
    package var sentence: String?

    private enum CodingKeys: String, CodingKey {
        case retryAfter = "retry_after"
        case sentence
    }

    /// Creates a result; the wait is at most a day, and the sentence has no control characters.
    package init(retryAfter: Int?, sentence: String?) {
        self.retryAfter = retryAfter.map { min(max($0, 0), Self.longestWait) }
        self.sentence = sentence.map(Self.readable)
    }

    /// Parses the content of the file, or returns `nil` if its first line is no result.
    package init?(parsing content: some Sequence<UInt8>) {
        let line = Array(content.prefix(Self.longest).prefix { $0 != UInt8(ascii: "\n") })
        guard let raw = try? JSONDecoder().decode(Self.self, from: Data(line)) else { return nil }
        self.init(retryAfter: raw.retryAfter, sentence: raw.sentence)
    }

    /// The line for the file, with a line end.
    package var line: [UInt8] {
        // Encoding cannot fail: the values are a number and a string.
        let data = (try? JSONEncoder().encode(self)) ?? Data()
        return Array(data) + [UInt8(ascii: "\n")]
    }

    private static func readable(_ text: String) -> String {
        let text = ReadableText.withoutControls(text)
        return text.count > Self.longestSentence ? "\(text.prefix(Self.longestSentence))…" : text
    }
}

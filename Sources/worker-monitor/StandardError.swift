// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Writes to standard error that do not wait for its reader: a terminal that was stopped (Ctrl-S),
/// or a pipe that nobody empties, must not stop the supervision of a job.
enum StandardError {
    /// What a pipe that is ready takes without blocking: PIPE_BUF of pipe(7).
    private static let pieceLength = 4096

    /// How long a reader is waited for where nothing else is to be done, in milliseconds.
    static let patience: Int32 = 1000

    /// Writes what can be written; the rest is dropped.
    ///
    /// - Parameter patience: how long to wait for room, in milliseconds, where nothing else is to
    ///   be done meanwhile.
    static func write(_ text: String, patience: Int32 = 0) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            var standardError = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
            guard poll(&standardError, 1, patience) == 1 else { return }
            let count = bytes.prefix(Self.pieceLength).withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            // Nobody can be told that standard error is broken.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// Writes to standard output whose failure is seen; `print` does not tell.
enum StandardOutput {
    /// Writes one line, and waits for its reader as long as it takes.
    ///
    /// - Returns: the system's reason if it, or the end of it, could not be written; else nil.
    static func write(line: String) -> String? {
        var bytes = Array("\(line)\n".utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                // Somebody else has made it non-blocking.
                var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                _ = poll(&output, 1, -1)
            } else if count == 0 || errno != EINTR {
                return errorText(count == 0 ? EIO : errno)
            }
        }
        return nil
    }
}

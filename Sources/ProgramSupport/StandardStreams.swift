// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// Descriptors 0, 1 and 2 of a program.
package enum StandardStreams {
    /// Opens `/dev/null` on each of the descriptors 0, 1 and 2 that was closed when the
    /// program started.
    ///
    /// Call this function before the program opens any file. Otherwise the first file that the
    /// program opens becomes its standard output, and messages overwrite it. Reading from and
    /// writing to such a stream still fails with `EBADF`.
    package static func occupyClosed() {
        for descriptor in STDIN_FILENO...STDERR_FILENO {
            guard fcntl(descriptor, F_GETFD) == -1 else { continue }
            // open(2) returns the lowest free number. This number is `descriptor`, because after
            // the earlier passes of the loop all lower numbers are open.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

/// Writes to standard output and reports failures, unlike `print`.
package enum StandardOutput {
    /// Writes one line, and waits for its reader without a limit.
    ///
    /// - Returns: The reason if the line could not be written completely, or `nil`.
    package static func write(line: String) -> String? {
        let code = Array("\(line)\n".utf8).withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
        return code == 0 ? nil : errorText(code)
    }
}

/// Writes to standard error without waiting for a reader.
///
/// A terminal that was stopped with Ctrl-S, or a pipe that no process reads, must not stop the
/// supervision of a job.
package enum StandardError {
    /// A wait limit in milliseconds for messages that the program writes when it has nothing else
    /// to do.
    package static let finalWaitLimit: Int32 = 1000

    /// Writes as much of the text as fits, and drops the rest.
    ///
    /// - Parameter waitLimit: The longest time to wait for room, in milliseconds.
    package static func write(_ text: String, waitLimit: Int32 = 0) {
        // The result is ignored, because there is no other stream to report the failure on.
        _ = Array(text.utf8).withUnsafeBytes {
            writeAll($0, to: STDERR_FILENO, waitLimit: waitLimit)
        }
    }
}

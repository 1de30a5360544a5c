// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The descriptors 0, 1 and 2 of a program.
package enum StandardStreams {
    /// Occupies those that the program was started without, so that no file of its own becomes its
    /// standard output, and is written over; call it before anything is opened.
    ///
    /// To read or write them is an error (EBADF), as before.
    package static func occupyClosed() {
        for descriptor in STDIN_FILENO...STDERR_FILENO {
            guard fcntl(descriptor, F_GETFD) == -1 else { continue }
            // The lowest number that is free, which is this one, since those below it are taken.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

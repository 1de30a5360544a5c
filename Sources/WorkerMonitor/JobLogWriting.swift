// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Writing bytes until the last, whatever the system makes of it.
enum JobLogWriting {
    /// Calls `write` until all bytes are written, also after a signal and after a short write.
    ///
    /// - Parameters:
    ///   - progress: is raised by each byte that was written.
    ///   - write: writes from the start of what it is given; the count, or -1 and errno.
    /// - Returns: `nil`, or the number of the error that stopped it.
    @inline(__always)
    static func all(
        of bytes: UnsafeRawBufferPointer,
        progress: inout Int64,
        write: (UnsafeRawBufferPointer) -> Int
    ) -> Int32? {
        var done = 0
        while done < bytes.count {
            let count = write(UnsafeRawBufferPointer(rebasing: bytes[done...]))
            if count > 0 {
                done += count
                progress += Int64(count)
            } else if count == 0 {
                // No file system should, and one that does would keep us here for ever.
                return EIO
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}

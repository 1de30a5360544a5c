// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Writes all bytes to a descriptor, continuing after a short write and after a signal.
///
/// The function also waits for a descriptor that another process has made non-blocking.
///
/// - Parameters:
///   - bytes: The bytes to write.
///   - descriptor: An open descriptor.
///   - milliseconds: The longest time to wait until the descriptor accepts more, or `nil` to wait
///     without a limit. With a limit the call never blocks for longer, even if the descriptor is
///     blocking, and returns `EAGAIN` when the limit has passed.
/// - Returns: 0, or the error number of the write that failed. The bytes before it are written.
package func writeAll(
    _ bytes: UnsafeRawBufferPointer,
    to descriptor: Int32,
    waitLimit milliseconds: Int32? = nil
) -> Int32 {
    var written: Int64 = 0
    return writeAll(bytes, counting: &written) { rest in
        guard let milliseconds else {
            return waitingForRoom(descriptor) {
                Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
        }
        guard pollForRoom(descriptor, milliseconds) else {
            errno = EAGAIN
            return -1
        }
        // A ready pipe accepts this many bytes without blocking (pipe(7), PIPE_BUF).
        return Glibc.write(descriptor, rest.baseAddress, min(rest.count, 4096))
    }
}

/// Calls `write` until it has written all bytes, continuing after a short write and after a signal.
///
/// - Parameters:
///   - bytes: The bytes to write.
///   - written: Increases by the number of bytes written, also if a later write fails.
///   - write: Writes from the start of its argument, and returns the number of bytes written, or -1
///     with the reason in `errno`.
/// - Returns: 0, or the error number of the write that failed.
@inline(__always)
package func writeAll(
    _ bytes: UnsafeRawBufferPointer,
    counting written: inout Int64,
    write: (UnsafeRawBufferPointer) -> Int
) -> Int32 {
    var done = 0
    while done < bytes.count {
        let count = write(UnsafeRawBufferPointer(rebasing: bytes[done...]))
        if count > 0 {
            done += count
            written += Int64(count)
        } else if count == 0 {
            // write(2) returns 0 only for an empty buffer. If a file system returns 0 in another
            // case, this loop would otherwise never end.
            return EIO
        } else if errno != EINTR {
            return errno
        }
    }
    return 0
}

/// Calls `write` again each time a non-blocking descriptor has room, until it does not fail
/// with `EAGAIN`.
private func waitingForRoom(_ descriptor: Int32, _ write: () -> Int) -> Int {
    while true {
        let count = write()
        guard count < 0, errno == EAGAIN else { return count }
        _ = pollForRoom(descriptor, -1)
    }
}

private func pollForRoom(_ descriptor: Int32, _ milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, milliseconds) == 1
}

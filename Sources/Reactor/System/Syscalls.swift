// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// Wrappers of the system calls that this module uses on descriptors.
///
/// The wrappers read `errno`, and repeat calls that a signal has interrupted (EINTR), so their
/// callers need to do neither. They never block on a descriptor that is non-blocking.
enum Syscalls {
    /// The result of one read(2).
    enum ReadOutcome {
        /// The number of bytes that were read, at least 1.
        case bytes(Int)
        /// No process has the other end open for writing.
        case endOfFile
        /// The descriptor is non-blocking and has no data at the moment.
        case wouldBlock
        /// The read failed.
        case failed(errno: Int32)
    }

    /// Reads once, at most as many bytes as fit into `buffer`.
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> ReadOutcome
    {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .endOfFile }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(errno: code)
            }
        }
    }

    /// Writes once.
    ///
    /// - Returns: The number of bytes that were written, which may be less than the size of
    ///   `bytes`, or `nil` if the descriptor accepts no bytes at the moment.
    static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError)
        -> Int?
    {
        while true {
            let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return nil
            case let code: throw SystemError(call: "write", errno: code)
            }
        }
    }

    /// Makes a pipe whose ends are close-on-exec and blocking.
    static func pipe() throws(SystemError) -> (read: Int32, write: Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let code = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { cspawn_pipe($0) }
        }
        guard code == 0 else { throw SystemError(call: "pipe2", errno: -code) }
        return (ends.0, ends.1)
    }

    /// Makes a pair of connected sockets that are close-on-exec and blocking.
    static func socketPair() throws(SystemError) -> (Int32, Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let code = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) {
                Glibc.socketpair(AF_UNIX, type, 0, $0)
            }
        }
        guard code == 0 else { throw SystemError(call: "socketpair", errno: errno) }
        return ends
    }

    /// Opens a pseudo-terminal whose ends are close-on-exec and whose primary end is non-blocking.
    static func terminal(
        _ settings: TerminalSettings,
        isOutputOnly: Bool
    ) throws(SystemError) -> (primary: Int32, secondary: Int32) {
        var raw = cspawn_terminal()
        raw.rows = Int32(settings.rows)
        raw.columns = Int32(settings.columns)
        raw.echo = settings.echoes ? 1 : 0
        raw.output_processing = settings.translatesNewlines ? 1 : 0
        raw.output_only = isOutputOnly ? 1 : 0
        var primary: Int32 = -1
        var secondary: Int32 = -1
        let code = cspawn_open_terminal(&primary, &secondary, &raw)
        guard code == 0 else { throw SystemError(call: "open", errno: -code) }
        return (primary, secondary)
    }

    /// Returns whether a descriptor is readable at this moment.
    static func isReadable(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 1
    }

    /// Shuts down the sending direction of a socket, so that the peer reads an end of file.
    static func endWriting(_ socket: Int32) {
        // The result is ignored. For a connected socket, shutdown(2) does not fail, not even after
        // the peer has been closed.
        _ = shutdown(socket, Int32(SHUT_WR))
    }

    /// Makes a pipe, a socket or a terminal non-blocking.
    static func setNonBlocking(_ descriptor: Int32) {
        // F_SETFL replaces all status flags that it can change (fcntl(2)). These flags are off on a
        // new pipe, socket or terminal, so there is no need to read them first and keep them.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    /// Changes the capacity of a pipe, in bytes.
    ///
    /// - Returns: 0, or the error number; EPERM if the user's limit for pipes has been reached
    ///   (pipe(7), `pipe-user-pages-soft`).
    static func setPipeCapacity(_ pipe: Int32, _ capacity: Int32) -> Int32 {
        // The value of F_SETPIPE_SZ (fcntl(2)). The C macro requires _GNU_SOURCE, which Swift's
        // module Glibc does not define.
        let setPipeSize: Int32 = 1031
        return fcntl(pipe, setPipeSize, capacity) >= 0 ? 0 : errno
    }

    /// Opens a file, close-on-exec.
    static func open(_ path: String, _ flags: Int32) throws(SystemError) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC)
            if descriptor >= 0 { return descriptor }
            guard errno == EINTR else { throw SystemError(call: "open", errno: errno) }
        }
    }

    /// Whether `descriptor` is the number of an open descriptor.
    static func isOpen(_ descriptor: Int32) -> Bool {
        fcntl(descriptor, F_GETFD) >= 0
    }

    /// Returns a new descriptor, close-on-exec, for the open file that `descriptor` refers to.
    static func duplicate(_ descriptor: Int32) throws(SystemError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError(call: "fcntl", errno: errno) }
        return copy
    }

    /// Returns the time of CLOCK_MONOTONIC in nanoseconds.
    ///
    /// CLOCK_MONOTONIC does not advance while the system is suspended (clock_gettime(2)).
    static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Ignores SIGPIPE if the signal still has its default action.
    ///
    /// The default action would end the program when it writes to a child that has closed its
    /// standard input. If the signal is ignored, the write fails with EPIPE instead. Children do
    /// not inherit the setting: each child starts with the default action of SIGPIPE.
    static func ignoreBrokenPipeSignal() {
        var current = sigaction()
        guard sigaction(SIGPIPE, nil, &current) == 0 else { return }
        guard current.__sigaction_handler.sa_handler == nil else { return }
        signal(SIGPIPE, SIG_IGN)
    }
}

/// An open file descriptor with exactly one owner.
///
/// The descriptor is closed when the value is destroyed.
struct Descriptor: ~Copyable {
    /// The number of the descriptor, which is valid while this value exists.
    let number: Int32

    /// Takes ownership of an open descriptor.
    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        // The result is ignored. Linux releases the number even if close(2) fails, also with EINTR,
        // and a second call could close another file that was given the same number meanwhile.
        close(self.number)
    }
}

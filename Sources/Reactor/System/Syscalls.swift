// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// The system calls of this module: errno is read and EINTR is retried here and nowhere else.
enum Syscalls {
    /// What one read gave.
    enum ReadOutcome {
        case bytes(Int)
        case endOfFile
        /// Nothing there at the moment.
        case wouldBlock
        case failed(errno: Int32)
    }

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

    /// Writes what fits now; nil: nothing does at the moment.
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

    /// A pipe, both ends close-on-exec and blocking.
    static func pipe() throws(SystemError) -> (read: Int32, write: Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let code = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { cspawn_pipe($0) }
        }
        guard code == 0 else { throw SystemError(call: "pipe2", errno: -code) }
        return (ends.0, ends.1)
    }

    /// A pair of connected sockets, both close-on-exec and blocking.
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

    /// Ends the direction of a socket that we write.
    static func endWriting(_ socket: Int32) {
        // It fails only if the other side has gone, and then nobody is to learn of it.
        _ = shutdown(socket, Int32(SHUT_WR))
    }

    static func setNonBlocking(_ descriptor: Int32) {
        // A pipe's or socket's only status flag of interest is this one; no need to ask for the others
        // first.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    /// Lets a pipe hold more or less; 0, or the error's number.
    static func setPipeCapacity(_ pipe: Int32, _ capacity: Int32) -> Int32 {
        // fcntl(2), F_SETPIPE_SZ; Swift's Glibc does not show it, which needs _GNU_SOURCE.
        let setPipeSize: Int32 = 1031
        return fcntl(pipe, setPipeSize, capacity) >= 0 ? 0 : errno
    }

    static func open(_ path: String, _ flags: Int32) throws(SystemError) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC)
            if descriptor >= 0 { return descriptor }
            guard errno == EINTR else { throw SystemError(call: "open", errno: errno) }
        }
    }

    /// Another number for the same open file, close-on-exec.
    static func duplicate(_ descriptor: Int32) throws(SystemError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError(call: "fcntl", errno: errno) }
        return copy
    }

    /// CLOCK_MONOTONIC in nanoseconds; it does not count time that the system sleeps.
    static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Ignores SIGPIPE if nobody has said anything about it, so that a write to a child that has
    /// closed its input is an error (EPIPE) and not the end of the program.
    ///
    /// Children get it back as it was.
    static func ignoreBrokenPipeSignal() {
        var current = sigaction()
        guard sigaction(SIGPIPE, nil, &current) == 0 else { return }
        guard current.__sigaction_handler.sa_handler == nil else { return }
        signal(SIGPIPE, SIG_IGN)
    }
}

/// An open file descriptor with one owner, who closes it once, by letting go of it.
struct Descriptor: ~Copyable {
    /// Its number; valid for as long as this value lives.
    let number: Int32

    /// Takes ownership of an open descriptor.
    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        // close(2): on Linux the descriptor is gone whatever close says, also after EINTR. Never
        // again.
        close(self.number)
    }
}

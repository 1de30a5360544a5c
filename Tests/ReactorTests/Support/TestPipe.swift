// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import ReactorTesting

/// A non-blocking pipe of the kernel or of a memory reactor.
///
/// Ends that are still open when the object is released are closed.
protocol TestPipe: AnyObject {
    var readEnd: Int32 { get }
    var writeEnd: Int32 { get }

    /// Writes as many bytes as fit, and returns their number.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Int

    /// Reads up to `count` bytes; returns none if there are none, or at the end.
    func read(_ count: Int) -> [UInt8]
    func closeReadEnd()
    func closeWriteEnd()
}

/// A pipe of the kernel.
final class KernelPipe: TestPipe {
    let readEnd: Int32
    let writeEnd: Int32
    private var open: Set<Int32>

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw TestPipeFailed(errno: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (self.readEnd, self.writeEnd) = (ends[0], ends[1])
        self.open = Set(ends)
    }

    deinit {
        for end in self.open { close(end) }
    }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Int { max(0, Glibc.write(self.writeEnd, bytes, bytes.count)) }

    func read(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = Glibc.read(self.readEnd, &bytes, count)
        return Array(bytes.prefix(max(0, got)))
    }

    func closeReadEnd() { self.close(self.readEnd) }

    func closeWriteEnd() { self.close(self.writeEnd) }

    private func close(_ end: Int32) {
        if self.open.remove(end) != nil { Glibc.close(end) }
    }
}

/// A pipe of a memory reactor.
final class NumberPipe: TestPipe {
    let readEnd: Int32
    let writeEnd: Int32
    private let reactor: MemoryReactor

    init(_ reactor: MemoryReactor) {
        self.reactor = reactor
        (self.readEnd, self.writeEnd) = reactor.makePipe()
    }

    func write(_ bytes: [UInt8]) -> Int { self.reactor.write(bytes, to: self.writeEnd) }

    func read(_ count: Int) -> [UInt8] { self.reactor.read(count, from: self.readEnd) }

    func closeReadEnd() { self.reactor.close(self.readEnd) }

    func closeWriteEnd() { self.reactor.close(self.writeEnd) }
}

/// The kernel could not make a pipe.
struct TestPipeFailed: Error {
    let errno: Int32
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing

/// Descriptors as only a kernel has them.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct KernelDescriptorTests {
    // test_lostFileDescriptor.
    @Test func `a number that is used again feeds the new watch and not the old one`() throws {
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        var calls: [String] = []
        var old: KernelPipe? = try KernelPipe()
        let number = try #require(old).readEnd
        let first = reactor.addReader(number) { calls.append("old") }
        reactor.iterate(.zero)
        first.remove()
        old = nil
        let new = try KernelPipe()
        #expect(new.readEnd == number)
        let second = reactor.addReader(number) { calls.append("new") }
        new.write([1])
        reactor.iterate(.zero)
        #expect(calls == ["new"])
        second.remove()
    }

    // epollreactor: a file that epoll refuses is served as always ready.
    @Test func `a file is always ready`() throws {
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { close(file) }
        var calls = 0
        let watch = reactor.addReader(file) { calls += 1 }
        reactor.iterate(.seconds(5))
        reactor.iterate(.seconds(5))
        #expect(calls == 2)
        watch.remove()
    }

    @Test func `a socket may be read and written through two watches`() throws {
        let reactor = LibevReactor()
        defer { reactor.shutDown() }
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        var calls: [String] = []
        _ = reactor.addReader(ends[0]) { calls.append("read") }
        _ = reactor.addWriter(ends[0]) { calls.append("write") }
        reactor.iterate(.zero)
        #expect(calls == ["write"])
        _ = write(ends[1], [1], 1)
        reactor.iterate(.zero)
        #expect(calls.sorted() == ["read", "write", "write"])
    }

    @Test func `a reactor that is let go takes its watches along`() throws {
        let pipe = try KernelPipe()
        weak var seen: LibevReactor?
        var watch: (any DescriptorWatch)?
        do {
            let reactor = LibevReactor()
            seen = reactor
            watch = reactor.addReader(pipe.readEnd) {}
        }
        #expect(seen == nil)
        #expect(watch?.isActive == false)
    }
}

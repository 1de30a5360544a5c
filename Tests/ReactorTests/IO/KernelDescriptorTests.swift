// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing

/// Descriptor watches whose behavior depends on the kernel, on the real reactor only.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Descriptors of the kernel` {
    // Twisted's test_fdset: test_lostFileDescriptor.
    @Test func `a reused descriptor number triggers the new watch and not the old one`() throws {
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

    // epoll refuses regular files (EPERM). libev reports them as ready without asking epoll.
    @Test func `a regular file is ready in each turn`() throws {
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

    @Test func `a socket can have a reader and a writer`() throws {
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

    @Test func `releasing a reactor removes its watches`() throws {
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

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// The contract of `ReactorIO` on both reactors.
///
/// Comments name the tests of Twisted's test_fdset that check the same behavior.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Descriptor watches` {
    /// Calls `body` with a new reactor and a pipe that the reactor can watch.
    private func withPipe(
        _ kind: ReactorKind,
        _ body: (_ reactor: any ContractReactor, _ pipe: any TestPipe) throws -> Void
    ) throws {
        try kind.withReactor { reactor in
            let pipe = try reactor.makeTestPipe()
            try body(reactor, pipe)
            reactor.removeAllWatches()
        }
    }

    // Twisted's test_addReader.
    @Test(arguments: ReactorKind.allCases)
    func `a reader is called in each turn until all data has been read`(kind: ReactorKind)
        throws
    {
        try self.withPipe(kind) { reactor, pipe in
            var calls = 0
            _ = reactor.addReader(pipe.readEnd) { calls += 1 }
            reactor.iterate(.zero)
            #expect(calls == 0)
            pipe.write([1, 2, 3])
            reactor.iterate(.zero)
            reactor.iterate(.zero)
            #expect(calls == 2)
            #expect(pipe.read(10) == [1, 2, 3])
            reactor.iterate(.zero)
            #expect(calls == 2)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a reader is called at the end of the stream`(kind: ReactorKind) throws {
        try self.withPipe(kind) { reactor, pipe in
            var read: [[UInt8]] = []
            let watch = reactor.addReader(pipe.readEnd) { read.append(pipe.read(10)) }
            pipe.write([7])
            pipe.closeWriteEnd()
            reactor.iterate(.zero)
            reactor.iterate(.zero)
            #expect(read == [[7], []])
            watch.remove()
        }
    }

    // Twisted's test_addWriter.
    @Test(arguments: ReactorKind.allCases)
    func `a writer is called in each turn in which the pipe has room`(kind: ReactorKind) throws {
        try self.withPipe(kind) { reactor, pipe in
            var calls = 0
            _ = reactor.addWriter(pipe.writeEnd) { calls += 1 }
            reactor.iterate(.zero)
            #expect(calls == 1)
            var total = 0
            while case let count = pipe.write([UInt8](repeating: 0, count: 4096)), count > 0 {
                total += count
            }
            #expect(total == 65536)
            reactor.iterate(.zero)
            #expect(calls == 1)
            _ = pipe.read(65536)
            reactor.iterate(.zero)
            #expect(calls == 2)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a writer is called when the read end is closed`(kind: ReactorKind) throws {
        try self.withPipe(kind) { reactor, pipe in
            while pipe.write([UInt8](repeating: 0, count: 4096)) > 0 {}
            var calls = 0
            _ = reactor.addWriter(pipe.writeEnd) { calls += 1 }
            reactor.iterate(.zero)
            #expect(calls == 0)
            pipe.closeReadEnd()
            reactor.iterate(.zero)
            #expect(calls == 1)
        }
    }

    // Twisted's test_removeReader, test_removedFromReactor.
    @Test(arguments: ReactorKind.allCases)
    func `a removed watch is not called, and can be removed again`(
        kind: ReactorKind
    ) throws {
        try self.withPipe(kind) { reactor, pipe in
            var calls = 0
            let watch = reactor.addReader(pipe.readEnd) { calls += 1 }
            #expect(watch.isActive && watch.descriptor == pipe.readEnd)
            pipe.write([1])
            watch.remove()
            watch.remove()
            watch.resume()
            #expect(!watch.isActive)
            reactor.iterate(.zero)
            #expect(calls == 0)
        }
    }

    // Twisted's epollreactor does the same.
    @Test(arguments: ReactorKind.allCases)
    func `a watch that another watch removes in the same turn is not called`(kind: ReactorKind)
        throws
    {
        try self.withPipe(kind) { reactor, pipe in
            var calls = 0
            var watches: [any DescriptorWatch] = []
            for _ in 0..<2 {
                watches.append(
                    reactor.addReader(pipe.readEnd) {
                        calls += 1
                        for watch in watches { watch.remove() }
                    }
                )
            }
            pipe.write([1])
            reactor.iterate(.zero)
            reactor.iterate(.zero)
            #expect(calls == 1)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a descriptor can have several watches`(kind: ReactorKind) throws {
        try self.withPipe(kind) { reactor, pipe in
            var calls = [0, 0]
            _ = reactor.addReader(pipe.readEnd) { calls[0] += 1 }
            let second = reactor.addReader(pipe.readEnd) { calls[1] += 1 }
            pipe.write([1])
            reactor.iterate(.zero)
            second.remove()
            reactor.iterate(.zero)
            #expect(calls == [2, 1])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a paused watch is not called and loses no data`(kind: ReactorKind) throws {
        try self.withPipe(kind) { reactor, pipe in
            var read: [UInt8] = []
            let watch = reactor.addReader(pipe.readEnd) { read += pipe.read(10) }
            watch.pause()
            #expect(!watch.isActive)
            pipe.write([1])
            reactor.iterate(.zero)
            #expect(read == [])
            watch.resume()
            #expect(watch.isActive)
            reactor.iterate(.zero)
            #expect(read == [1])
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a watch that is added during a turn is called in a later turn`(kind: ReactorKind) throws {
        try self.withPipe(kind) { reactor, pipe in
            var calls = 0
            pipe.write([1])
            let first = reactor.addReader(pipe.readEnd) {
                if calls == 0 { _ = reactor.addReader(pipe.readEnd) { calls += 100 } }
                calls += 1
            }
            reactor.iterate(.zero)
            #expect(calls == 1)
            first.remove()
            reactor.iterate(.zero)
            #expect(calls == 101)
        }
    }

    // Twisted's test_removeAll.
    @Test(arguments: ReactorKind.allCases)
    func `all watches can be removed at once`(kind: ReactorKind) throws {
        try self.withPipe(kind) { reactor, pipe in
            var calls = 0
            let watches = [
                reactor.addReader(pipe.readEnd) { calls += 1 },
                reactor.addReader(pipe.readEnd) { calls += 1 },
                reactor.addWriter(pipe.writeEnd) { calls += 1 },
            ]
            #expect(reactor.removeAllWatches() == [pipe.readEnd, pipe.writeEnd])
            #expect(reactor.removeAllWatches() == [])
            #expect(watches.allSatisfy { !$0.isActive })
            pipe.write([1])
            reactor.iterate(.zero)
            #expect(calls == 0)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `removing a watch releases the objects that its closure captured`(kind: ReactorKind) throws
    {
        try self.withPipe(kind) { reactor, pipe in
            weak var seen: Captured?
            let watch: any DescriptorWatch
            do {
                let captured = Captured()
                seen = captured
                watch = reactor.addReader(pipe.readEnd) { _ = captured }
            }
            #expect(seen != nil)
            watch.remove()
            #expect(seen == nil)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a watch can remove itself and is then released`(kind: ReactorKind)
        throws
    {
        try self.withPipe(kind) { reactor, pipe in
            var calls = 0
            weak var seen: (any DescriptorWatch)?
            var holder: (any DescriptorWatch)?
            holder = reactor.addReader(pipe.readEnd) {
                calls += 1
                holder?.remove()
                holder = nil
            }
            seen = holder
            pipe.write([1])
            reactor.iterate(.zero)
            reactor.iterate(.zero)
            #expect(calls == 1)
            #expect(seen == nil)
        }
    }

    // Twisted's test_connectionLostOnShutdown. There the reactor tells the owner of the descriptor;
    // here the watch ends without a call, because the descriptor belongs to the caller.
    @Test(arguments: ReactorKind.allCases)
    func `the end of the run removes all watches`(kind: ReactorKind) throws {
        try self.withPipe(kind) { reactor, pipe in
            let watch = reactor.addReader(pipe.readEnd) {}
            reactor.stop()
            reactor.run()
            #expect(!watch.isActive)
            watch.resume()
            watch.remove()
            #expect(!watch.isActive)
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a watch that outlives its reactor is inactive and its methods have no effect`(
        kind: ReactorKind
    ) throws {
        var watch: (any DescriptorWatch)?
        try self.withPipe(kind) { reactor, pipe in
            watch = reactor.addReader(pipe.readEnd) {}
            reactor.shutDown()
        }
        #expect(watch?.isActive == false)
        watch?.pause()
        watch?.resume()
        watch?.remove()
    }

    @Test(arguments: ReactorKind.allCases)
    func `the watches of 200 ready descriptors are all called`(kind: ReactorKind) throws {
        try kind.withReactor { reactor in
            var called: [Int] = []
            let pipes = try (0..<200).map { _ in try reactor.makeTestPipe() }
            for (number, pipe) in pipes.enumerated() {
                _ = reactor.addReader(pipe.readEnd) {
                    called.append(number)
                    _ = pipe.read(1)
                }
                pipe.write([1])
            }
            // libev asks epoll for 64 events at first, and for more when all 64 were needed.
            for _ in 0..<10 where called.count < 200 { reactor.iterate(.zero) }
            #expect(called.sorted() == Array(0..<200))
            reactor.removeAllWatches()
        }
    }
}

private final class Captured {}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// Callbacks, errbacks and the reporting of unhandled errors.
@Suite struct `Callbacks of deferreds` {
    private struct Broken: Error, Equatable {
        var number = 0
    }

    @Test func `a value passes through the callbacks, each of which changes it`() {
        let deferred = Deferred<Int>()
        var seen: [String] = []
        deferred.addCallback { $0 + 1 }.addCallback { "\($0)" }.addCallback { seen.append($0) }
        deferred.succeed(1)
        #expect(seen == ["2"])
    }

    @Test func `a callback that is added after the deferred has fired runs at once`() {
        var seen: [Int] = []
        Deferred.succeeded(1).addCallback { $0 + 1 }.addCallback { seen.append($0) }
        #expect(seen == [2])
    }

    @Test func `an error skips the callbacks and goes to the next errback`() {
        var seen: [Int] = []
        Deferred<Int>.failed(Broken())
            .addCallback { $0 + 1 }
            .addErrback { error in error is Broken ? 10 : 0 }
            .addErrback { _ in 20 }
            .addCallback { seen.append($0) }
        #expect(seen == [10])
    }

    @Test func `an error that a callback throws goes to the next errback`() {
        var seen: [Broken?] = []
        Deferred.succeeded(1)
            .addCallback { throw Broken(number: $0) }
            .addErrback { seen.append($0 as? Broken) }
        #expect(seen == [Broken(number: 1)])
    }

    @Test func `an error that an errback throws replaces the previous error`() {
        var seen: [Broken?] = []
        Deferred<Void>.failed(Broken(number: 1))
            .addErrback { _ in throw Broken(number: 2) }
            .addErrback { seen.append($0 as? Broken) }
        #expect(seen == [Broken(number: 2)])
    }

    @Test func `a callback added with addBoth receives a value or an error`() throws {
        var seen: [Int] = []
        let show = { (result: Result<Int, any Error>) in seen.append((try? result.get()) ?? -1) }
        Deferred.succeeded(1).addBoth(show)
        Deferred<Int>.failed(Broken()).addBoth(show)
        #expect(seen == [1, -1])
    }

    @Test func `an error from the first body of addCallbacks goes to the next errback`() {
        var seen: [String] = []
        Deferred.succeeded(1)
            .addCallbacks({ _ in throw Broken() }, { _ in seen.append("same pair") })
            .addCallbacks({ seen.append("value") }, { _ in seen.append("next pair") })
        #expect(seen == ["next pair"])
    }

    @Test func `an error that reaches whenFired counts as handled`() {
        var ends = 0
        let failures = failuresLeft {
            Deferred<Int>.failed(Broken()).whenFired { _ in ends += 1 }
        }
        #expect(ends == 1)
        #expect(failures.isEmpty)
    }

    @Test func `resolve fires the deferred with the value or the error of a result`() {
        let value = Deferred<Int>()
        let error = Deferred<Int>()
        value.resolve(with: .success(1))
        error.resolve(with: .failure(Broken()))
        #expect(outcome(value) == .value(1))
        #expect(outcome(error) == .error("Broken(number: 0)"))
    }

    @Test func `a handle is pending until a result has arrived at its position`() {
        let source = Deferred<Int>()
        let inner = Deferred<Int>()
        let last = source.chain { _ in inner }
        #expect(source.isPending && last.isPending)
        source.succeed(1)
        #expect(source.hasFired && last.isPending)
        inner.succeed(2)
        #expect(last.hasFired)
        #expect(outcome(last) == .value(2))
    }

    @Test func `a callback that is added inside another callback runs after that one`() {
        let source = Deferred<Int>()
        var seen: [String] = []
        var last: Deferred<Void>?
        defer { last = nil }
        last = source.addCallback { _ in
            #expect(last?.isPending == true)
            last?.addCallback { seen.append("added") }
            seen.append("first")
        }
        source.succeed(1)
        #expect(seen == ["first", "added"])
    }

    @Test func `the captured objects of a callback are released as soon as it has run`() {
        final class Token {}
        let source = Deferred<Void>()
        weak var weakToken: Token?
        do {
            let token = Token()
            weakToken = token
            source.addCallback { _ = token }
        }
        #expect(weakToken != nil)
        source.succeed()
        #expect(weakToken == nil)
    }

    @Test func `values of any size pass through a chain`() {
        struct Large: Equatable {
            var text = "a"
            var numbers = (1, 2, 3, 4)
            static func == (left: Large, right: Large) -> Bool { left.numbers == right.numbers }
        }
        let source = Deferred<Large>()
        let last = source.addCallback { $0 }
            .addCallback { large -> (Large, String) in (large, "b") }
            .addCallback { pair -> [Large?] in [pair.0, nil] }
        source.succeed(Large())
        #expect(outcome(last) == .value([Large(), nil]))
    }

    @Test func `an unhandled error is reported once, when the chain is released`() {
        let failures = failuresLeft {
            let deferred = Deferred<Int>()
            let last = deferred.addCallback { $0 + 1 }
            deferred.fail(Broken(number: 3))
            #expect(last.hasFired)
        }
        #expect(failures == ["Broken(number: 3)"])
    }

    @Test func `a handled error and a deferred that never fired are not reported`() {
        let failures = failuresLeft {
            Deferred<Void>.failed(Broken()).addErrback { _ in }
            Deferred<Void>().addCallback {}
        }
        #expect(failures.isEmpty)
    }
}

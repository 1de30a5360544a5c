// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

/// Overrides that forget to call `super`.
@Suite(.timeLimit(.minutes(5))) struct `Override without super` {
    private final class NoConnection: ProcessMonitorProtocolWithTimeout {
        override func connectionMade() {}
    }

    private final class NoEnd: ProcessMonitorProtocol {
        override func processEnded(_ end: ProcessEnd) {}
    }

    @Test func `an override of connectionMade without super stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let reactor = MemoryReactor()
            let child = NoConnection(deferred: Deferred(), timeout: nil, clock: reactor)
            try reactor.spawnProcess(child, SpawnRequest("worker"))
            reactor.advance(by: .zero)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("NoConnection overrides connectionMade() and does not call super"))
    }

    @Test func `an override of processEnded without super stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let reactor = MemoryReactor()
            let child = NoEnd(deferred: Deferred(), clock: reactor)
            try reactor.spawnProcess(child, SpawnRequest("worker"))
            reactor.advance(by: .zero)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("NoEnd overrides processEnded(_:) and does not call super"))
    }
}

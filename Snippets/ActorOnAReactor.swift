// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

actor Ticker {
    private let handle: ReactorHandle
    nonisolated var unownedExecutor: UnownedSerialExecutor { self.handle.asUnownedSerialExecutor() }

    init(_ handle: ReactorHandle) { self.handle = handle }

    func tick(_ times: Int) async throws {
        // Found inside, because a reactor cannot be handed to an actor.
        let reactor = CurrentReactor.reactor
        for number in 1...times {
            try await deferLater(reactor, .milliseconds(10)).value()
            print("tick \(number)")
        }
    }
}

let reactor = LibevReactor()
let handle = reactor.handle
// Detached: the main thread is busy with `run`, so a task of the main actor would never begin.
Task.detached {
    try? await Ticker(handle).tick(3)
    handle.stop()
}
reactor.run()

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

actor Ticker {
    private let handle: ReactorHandle
    nonisolated var unownedExecutor: UnownedSerialExecutor { self.handle.asUnownedSerialExecutor() }

    init(_ handle: ReactorHandle) { self.handle = handle }

    func tick(_ times: Int) async throws {
        // A reactor is not Sendable, so the actor finds it instead of receiving it.
        let reactor = CurrentReactor.reactor
        for number in 1...times {
            try await deferLater(reactor, .milliseconds(10)).value()
            print("tick \(number)")
        }
    }
}

let reactor = LibevReactor()
let handle = reactor.handle
// `run` occupies the main thread, so a task of the main actor would never start.
Task.detached {
    try? await Ticker(handle).tick(3)
    handle.stop()
}
reactor.run()

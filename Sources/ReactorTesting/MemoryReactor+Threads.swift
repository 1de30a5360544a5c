// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

extension MemoryReactor: ReactorThreads {
    /// Runs `work` on the reactor's own thread, in the next turn: a test needs no threads and no
    /// waiting.
    public func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value> {
        let (number, deferred) = self.pendingResults.expect(Value.self)
        self.report { [pendingResults] in
            pendingResults.deliver(number, Result(catching: { try work() }))
        }
        return deferred
    }
}

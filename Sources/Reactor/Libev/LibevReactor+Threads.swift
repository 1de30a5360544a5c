// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension LibevReactor: ReactorThreads {
    /// Runs `work` on a thread of the reactor's own; see ``ReactorThreads/deferToThread(_:)``.
    public func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value> {
        self.pendingResults.deferToThread(work)
    }
}

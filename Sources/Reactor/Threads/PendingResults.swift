// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The deferreds of ``ReactorThreads/deferToThread(_:)`` that wait for their threads.
///
/// A deferred stays on the reactor; only a number and a Sendable result cross.
package final class PendingResults {
    private let handle: ReactorHandle
    private var threads: WorkerThreads?
    private var waiting: [UInt64: (Result<any Sendable, any Error>) -> Void] = [:]
    private var nextNumber: UInt64 = 0
    private var isClosed = false

    package init(handle: ReactorHandle) {
        self.handle = handle
    }

    /// Runs `work` on a thread; the deferred fires when its result is delivered.
    package func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value> {
        let (number, deferred) = self.expect(Value.self)
        guard !self.isClosed else { return deferred }
        let threads = self.threads ?? WorkerThreads()
        self.threads = threads
        let handle = self.handle
        // Sent, so nobody else has it, and not used here any more: the queue hands it to one thread,
        // under its lock, which runs it once, or drops it. The compiler cannot carry `sending`
        // through a closure that it does not know to be called once.
        nonisolated(unsafe) let work = work
        threads.run { handle.submitResult(number, Result(catching: { try work() })) }
        return deferred
    }

    /// Makes the deferred for a result that will be delivered under the number.
    package func expect<Value: Sendable>(_ type: Value.Type) -> (UInt64, Deferred<Value>) {
        let number = self.nextNumber
        self.nextNumber += 1
        let deferred = Deferred<Value>(canceller: { [weak self] _ in self?.waiting[number] = nil })
        self.waiting[number] = { result in
            switch result {
            case .success(let value):
                // The number was made for this type by this function, and results cross unchanged.
                deferred.succeed(value as! Value)
            case .failure(let error):
                deferred.fail(error)
            }
        }
        return (number, deferred)
    }

    /// Fires the deferred that waits for this result, unless it was cancelled.
    package func deliver(_ number: UInt64, _ result: Result<any Sendable, any Error>) {
        self.waiting.removeValue(forKey: number)?(result)
    }

    /// Lets the threads go; what has no result yet never gets one.
    package func close() {
        self.isClosed = true
        self.threads?.close()
        self.threads = nil
        self.waiting = [:]
    }
}

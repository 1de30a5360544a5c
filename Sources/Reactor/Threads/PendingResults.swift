// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The deferreds of ``ReactorThreads/deferToThread(_:)`` that wait for results of worker threads.
///
/// A deferred never leaves the reactor's thread. Each one has a number, and only that number and a
/// Sendable result cross between the threads.
package final class PendingResults {
    private let handle: ReactorHandle
    /// The worker threads, or `nil` before the first work and after `close()`.
    private var threads: WorkerThreads?
    /// The functions that fire the deferreds, by the numbers of the deferreds.
    private var pending: [UInt64: (Result<any Sendable, any Error>) -> Void] = [:]
    private var nextNumber: UInt64 = 0
    private var isClosed = false

    package init(handle: ReactorHandle) {
        self.handle = handle
    }

    /// Runs `work` on a worker thread and returns a deferred for its result.
    ///
    /// If no thread can be started, the deferred fails with a ``ThreadError``. After `close()`,
    /// `work` does not run and the deferred never fires.
    package func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value> {
        guard !self.isClosed else { return Deferred() }
        let isWanted = WantedFlag()
        let (number, deferred) = self.expect(Value.self) { isWanted.clear() }
        let threads = self.threads ?? WorkerThreads()
        self.threads = threads
        let handle = self.handle
        // `nonisolated(unsafe)` is sound because only one thread ever uses the closure. `work` is
        // `sending`, so the caller has no reference left, and this function does not use it below.
        // The queue of the worker threads, which has a lock, passes it to one thread that calls it
        // once, or discards it. The compiler cannot check this, because it does not know that the
        // outer closure is called at most once.
        nonisolated(unsafe) let work = work
        do {
            try threads.run {
                guard isWanted.isSet else { return }
                handle.submitResult(number, Result(catching: { try work() }))
            }
        } catch {
            handle.submitResult(number, .failure(error))
        }
        return deferred
    }

    /// Returns a new deferred and the number under which its result has to be delivered.
    ///
    /// - Parameter cancelled: Called if the deferred is cancelled, so that work that has not begun
    ///   need not be done.
    package func expect<Value: Sendable>(
        _ type: Value.Type,
        cancelled: @escaping () -> Void = {}
    ) -> (UInt64, Deferred<Value>) {
        let number = self.nextNumber
        self.nextNumber += 1
        let deferred = Deferred<Value>(canceller: { [weak self] _ in
            self?.pending[number] = nil
            cancelled()
        })
        self.pending[number] = { result in
            switch result {
            case .success(let value):
                // The cast cannot fail: the number belongs to a deferred of this type, and the
                // worker thread or the fake reactor delivers a `Value` under this number.
                deferred.succeed(value as! Value)
            case .failure(let error):
                deferred.fail(error)
            }
        }
        return (number, deferred)
    }

    /// Fires the deferred with this number, unless it was cancelled.
    package func deliver(_ number: UInt64, _ result: Result<any Sendable, any Error>) {
        self.pending.removeValue(forKey: number)?(result)
    }

    /// The number of deferreds that wait for a result.
    package var count: Int { self.pending.count }

    /// Whether the deferred with this number waits for its result.
    package func isPending(_ number: UInt64) -> Bool { self.pending[number] != nil }

    /// Ends the worker threads and releases the deferreds that have no result, which never fire.
    package func close() {
        self.isClosed = true
        self.threads?.close()
        self.threads = nil
        self.pending = [:]
    }
}

/// Says whether somebody still wants the result of work that a thread has not begun.
private final class WantedFlag: Sendable {
    private let flag = Atomic(true)

    var isSet: Bool { self.flag.load(ordering: .relaxed) }

    func clear() { self.flag.store(false, ordering: .relaxed) }
}

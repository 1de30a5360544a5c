// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A few threads for work that may block; they start when needed and end with the reactor.
final class WorkerThreads: Sendable {
    private let queue = WorkQueue()
    private let limit: Int

    init(limit: Int = 4) {
        self.limit = limit
    }

    /// Runs `work` on one of the threads, first come, first served.
    func run(_ work: @escaping @Sendable () -> Void) {
        guard self.queue.add(work, threadLimit: self.limit) else { return }
        let queue = self.queue
        startThread {
            while let work = queue.take() { work() }
        }
    }

    /// Drops what has not begun and lets each thread end when its work is done.
    ///
    /// Waits for nothing.
    func close() {
        self.queue.close()
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A small pool of threads for work that may block.
///
/// A thread starts when there is work for it and ends when the reactor shuts down.
final class WorkerThreads: Sendable {
    private let queue = WorkQueue()
    private let limit: Int

    /// Creates a pool that has no threads yet.
    ///
    /// - Parameter limit: The maximum number of threads.
    init(limit: Int = 4) {
        self.limit = limit
    }

    /// Runs `work` on one of the threads, in the order of the calls.
    ///
    /// If another thread cannot be started, the running threads do the work.
    ///
    /// - Throws: ``ThreadError`` if there is no thread; `work` does not run then.
    func run(_ work: @escaping @Sendable () -> Void) throws(ThreadError) {
        guard self.queue.add(work, threadLimit: self.limit) else { return }
        let queue = self.queue
        do {
            try tryToStartThread {
                while let work = queue.take() { work() }
            }
        } catch {
            guard queue.threadIsMissing() else { return }
            throw error
        }
    }

    /// Discards the work that has not begun, and lets each thread end after its current work.
    ///
    /// This method does not wait for the threads.
    func close() {
        self.queue.close()
    }
}

/// The queue of work for the threads of a pool, first in, first out.
///
/// `@unchecked Sendable` is sound for these reasons: each property that changes is private and is
/// used only in `locked`, that is, while the mutex is held. The pointers to the mutex and the
/// condition never change, and these two objects are made for use by several threads. No other
/// thread has a reference during `init` and `deinit`. `Mutex` of Synchronization would let the
/// compiler check this, but it offers no condition to wait for.
final class WorkQueue: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    /// The newest items, in order of arrival.
    private var incoming: [@Sendable () -> Void] = []
    /// The oldest items, in reverse order, so that the next item is the last element.
    private var outgoing: [@Sendable () -> Void] = []
    /// The number of threads that the pool has started for this queue.
    private var threads = 0
    /// The number of threads that wait in `take`.
    private var idle = 0
    private var isClosed = false

    init() {
        self.mutex = .allocate(capacity: 1)
        self.condition = .allocate(capacity: 1)
        pthread_mutex_init(self.mutex, nil)
        pthread_cond_init(self.condition, nil)
    }

    deinit {
        pthread_cond_destroy(self.condition)
        pthread_mutex_destroy(self.mutex)
        self.condition.deallocate()
        self.mutex.deallocate()
    }

    /// Adds an item at the end of the queue, or discards it if the queue is closed.
    ///
    /// - Returns: `true` if the caller has to start another thread. The queue has already counted
    ///   that thread.
    func add(_ item: @escaping @Sendable () -> Void, threadLimit: Int) -> Bool {
        self.locked {
            guard !self.isClosed else { return false }
            self.incoming.append(item)
            if self.idle >= self.incoming.count + self.outgoing.count {
                pthread_cond_signal(self.condition)
                return false
            }
            guard self.threads < threadLimit else { return false }
            self.threads += 1
            return true
        }
    }

    /// Corrects the number of threads, because the thread that `add` asked for cannot be started.
    ///
    /// - Returns: `true` if the queue has no thread; the items of the queue are discarded then.
    func threadIsMissing() -> Bool {
        self.locked {
            self.threads -= 1
            guard self.threads == 0 else { return false }
            self.incoming = []
            self.outgoing = []
            return true
        }
    }

    /// Waits for an item and removes it from the queue.
    ///
    /// The cost is O(1) on average: each item is reversed once and removed from the end of an
    /// array. `removeFirst` of a single array would move all remaining items for each removal.
    ///
    /// - Returns: The oldest item, or `nil` once the queue is closed.
    func take() -> (@Sendable () -> Void)? {
        self.locked {
            self.idle += 1
            while self.incoming.isEmpty, self.outgoing.isEmpty, !self.isClosed {
                pthread_cond_wait(self.condition, self.mutex)
            }
            self.idle -= 1
            guard !self.isClosed else { return nil }
            if self.outgoing.isEmpty {
                swap(&self.incoming, &self.outgoing)
                self.outgoing.reverse()
            }
            return self.outgoing.removeLast()
        }
    }

    /// Closes the queue, discards its items and wakes all threads that wait in `take`.
    func close() {
        self.locked {
            self.isClosed = true
            self.incoming = []
            self.outgoing = []
            pthread_cond_broadcast(self.condition)
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        return body()
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The work that waits for a thread.
///
/// `@unchecked Sendable`: every property that changes is private, and read and written only in
/// `locked`, between `pthread_mutex_lock` and `unlock`; the pointers to mutex and condition never
/// change, and what they point to is made for sharing. In `init` and `deinit` nobody else has it.
/// `Mutex` of Synchronization would prove the same, but has no condition to wait for.
final class WorkQueue: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var work: [@Sendable () -> Void] = []
    private var threads = 0
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

    /// Adds `item` to the end.
    ///
    /// - Returns: whether the caller has to start another thread for it (which is counted already).
    func add(_ item: @escaping @Sendable () -> Void, threadLimit: Int) -> Bool {
        self.locked {
            guard !self.isClosed else { return false }
            self.work.append(item)
            if self.idle >= self.work.count {
                pthread_cond_signal(self.condition)
                return false
            }
            guard self.threads < threadLimit else { return false }
            self.threads += 1
            return true
        }
    }

    /// Waits for the next item; nil once the queue is closed.
    func take() -> (@Sendable () -> Void)? {
        self.locked {
            self.idle += 1
            while self.work.isEmpty, !self.isClosed {
                pthread_cond_wait(self.condition, self.mutex)
            }
            self.idle -= 1
            guard !self.isClosed else { return nil }
            return self.work.removeFirst()
        }
    }

    /// Drops what waits and lets every thread go.
    func close() {
        self.locked {
            self.isClosed = true
            self.work = []
            pthread_cond_broadcast(self.condition)
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        return body()
    }
}

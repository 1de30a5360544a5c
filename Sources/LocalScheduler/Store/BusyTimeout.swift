// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import Glibc
internal import Synchronization

/// Controls how long the operations of a store wait while another program has the store locked.
///
/// By default an operation waits for up to ``SchedulerSettings/busyTimeout``. ``cancel()`` ends the
/// waits early. Any thread may call the methods, also while an operation waits.
public final class BusyTimeout: Sendable {
    private struct State {
        var isCancelled = false
        /// The time at which the waiting operation began to wait.
        var began = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// Creates a busy timeout that is not cancelled.
    public init() {}

    /// Makes the operations that wait now, and later ones that would wait, fail at once.
    public func cancel() {
        self.state.withLock { $0.isCancelled = true }
    }

    /// Allows later operations to wait again.
    public func restore() {
        self.state.withLock { $0.isCancelled = false }
    }

    var isCancelled: Bool { self.state.withLock(\.isCancelled) }

    /// Sleeps for up to 20 milliseconds before SQLite tries to lock the file again.
    ///
    /// SQLite calls this as its busy handler (sqlite3_busy_handler). SQLite's built-in busy timeout
    /// cannot be ended early, not even by sqlite3_interrupt. A store runs one operation at a time,
    /// so one start time is enough.
    ///
    /// - Parameters:
    ///   - tries: The number of earlier calls for the same lock.
    ///   - limit: The longest time to wait in total.
    /// - Returns: `false` if the operation should fail instead.
    func waits(tries: Int, limit: Duration) -> Bool {
        let now = ContinuousClock.now
        let mayWait = self.state.withLock { state in
            if tries == 0 { state.began = now }
            return !state.isCancelled && now - state.began < limit
        }
        guard mayWait else { return false }
        usleep(useconds_t(1_000 * min(tries + 1, 20)))
        return true
    }
}

#endif

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// How long the operations of a store wait for others that have it locked; may be ended and
/// restored from any thread, also while one waits.
public final class BusyTimeout: Sendable {
    private struct State {
        var isCancelled = false
        /// When the operation that waits began to.
        var began = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// Makes one that lasts as long as the settings of its store say.
    public init() {}

    /// Has operations fail at once where they would wait: those that wait now, and all later ones.
    public func cancel() {
        self.state.withLock { $0.isCancelled = true }
    }

    /// Lets later operations wait again.
    public func restore() {
        self.state.withLock { $0.isCancelled = false }
    }

    var isCancelled: Bool { self.state.withLock(\.isCancelled) }

    /// Waits a little, at SQLite's wish; false: it has been long enough.
    ///
    /// SQLite's own way to wait cannot be broken off, not even by sqlite3_interrupt(). A store does
    /// one operation at a time, so one time of beginning is enough.
    ///
    /// - Parameter tries: how often it has been asked before for this lock.
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

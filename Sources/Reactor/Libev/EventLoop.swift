// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CLibev
internal import Glibc

/// A libev loop, which lives until the last watcher on it has gone.
///
/// Never libev's default loop and never ev_child: they take SIGCHLD from the host and reap every
/// child of it (ev(3), "ev_child"). NOENV: `LIBEV_FLAGS` in the environment could switch the back
/// end. One thread at a time; only ev_async_send may cross.
final class EventLoop {
    let raw: OpaquePointer
    /// Whether the host made it and runs it.
    let isBorrowed: Bool
    /// Watchers for ``IOWatcher``, which gives them back when it goes.
    // Confined to the loop's thread; neither of its methods calls anybody.
    @exclusivity(unchecked) var watchers = WatcherPool()

    init() {
        let flags = UInt32(EVFLAG_NOENV) | UInt32(EVFLAG_NOSIGMASK) | UInt32(EVBACKEND_EPOLL)
        guard let raw = ev_loop_new(flags) else {
            // Only when the process is out of descriptors or memory; nothing can be done without a
            // loop.
            stopProgram("libev cannot make an epoll loop: \(errorText(errno)).")
        }
        self.raw = raw
        self.isBorrowed = false
    }

    init(borrowing raw: OpaquePointer) {
        self.raw = raw
        self.isBorrowed = true
    }

    deinit {
        if !self.isBorrowed { ev_loop_destroy(self.raw) }
    }

    /// One turn: waits until something is ready, and calls all that is.
    func runOnce() {
        ev_run(self.raw, Int32(EVRUN_ONCE))
    }

    /// Reads libev's own clock anew; timers that are started before the next wait count from it.
    func updateTime() {
        ev_now_update(self.raw)
    }

    /// Makes a watcher that is on not count as a reason for a host's loop to go on.
    func discountWatcher() {
        ev_unref(self.raw)
    }

    /// Has to come before the stop of a watcher that was discounted (ev(3), "ev_unref").
    func countWatcherAgain() {
        ev_ref(self.raw)
    }
}

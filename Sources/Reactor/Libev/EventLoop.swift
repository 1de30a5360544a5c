// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CLibev
internal import Glibc

/// A libev loop.
///
/// The loop is not libev's default loop, and it does not use `ev_child`. Both install a handler for
/// SIGCHLD and would reap children that the host itself has started (ev(3), "ev_child").
/// EVFLAG_NOENV makes libev ignore the environment variable `LIBEV_FLAGS`, which could select a
/// back end without support for pidfds.
///
/// Each watcher retains the loop, so the loop is destroyed after the last watcher. A loop belongs
/// to one thread. The only function that other threads may call is `ev_async_send`.
final class EventLoop {
    let raw: OpaquePointer
    /// Whether the loop belongs to a host, which is a program that runs the loop itself.
    let isBorrowed: Bool
    /// The memory for the loop's ``IOWatcher``s.
    // Only the loop's thread accesses the pool, and the pool's methods call no code that could
    // access the pool again. So no two accesses overlap, and the run-time check is unnecessary.
    @exclusivity(unchecked) var watchers = WatcherPool()

    init() {
        let flags = UInt32(EVFLAG_NOENV) | UInt32(EVFLAG_NOSIGMASK) | UInt32(EVBACKEND_EPOLL)
        guard let raw = ev_loop_new(flags) else {
            // This happens only if the process has no descriptors or no memory left. A reactor
            // cannot exist without a loop, so the program stops.
            stopProgram("libev cannot create an epoll loop: \(errorText(errno)).")
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

    /// Runs one turn: waits until at least one watcher is ready, and calls all ready watchers.
    func runOnce() {
        ev_run(self.raw, Int32(EVRUN_ONCE))
    }

    /// Updates libev's cached time.
    ///
    /// The delay of a timer that is started before the next wait counts from this time.
    func updateTime() {
        ev_now_update(self.raw)
    }

    /// Excludes one active watcher from the number of watchers that keep a host's loop running.
    func discountWatcher() {
        ev_unref(self.raw)
    }

    /// Reverses ``discountWatcher()``.
    ///
    /// Call this method before stopping the watcher (ev(3), "ev_unref").
    func countWatcherAgain() {
        ev_ref(self.raw)
    }
}

/// The watchers that call the steps of the reactor's turn.
///
/// The first watcher is a timer for the earliest delayed call, and the second is for the mailbox.
/// On a host's loop the reactor uses three more watchers, which libev calls before the wait, after
/// the wait, and at the end of the turn. The priorities of the watchers determine the order of the
/// steps (the article "The loop" of Reactor, "A turn"). After the wait these are: the clock, the
/// mailbox, the descriptors (priority 0), the delayed calls and the end of the turn.
///
/// On a loop that the reactor runs itself, the three watchers are unnecessary. The reactor performs
/// the first step before it runs the loop. After the wait, libev calls the function that
/// `ev_set_invoke_pending_cb` has installed. The last steps follow when `ev_run` returns.
struct LoopHooks: ~Copyable {
    private let prepare: UnsafeMutablePointer<ev_prepare>
    private let check: UnsafeMutablePointer<ev_check>
    private let turnEnd: UnsafeMutablePointer<ev_check>
    private let timer: UnsafeMutablePointer<ev_timer>
    private let async: UnsafeMutablePointer<ev_async>
    private let loop: EventLoop

    /// Makes the watchers, which are inactive until ``start(_:)`` is called.
    init(_ loop: EventLoop) {
        self.loop = loop
        self.prepare = .allocate(capacity: 1)
        self.check = .allocate(capacity: 1)
        self.turnEnd = .allocate(capacity: 1)
        self.timer = .allocate(capacity: 1)
        self.async = .allocate(capacity: 1)
        self.prepare.initialize(to: ev_prepare())
        self.check.initialize(to: ev_check())
        self.turnEnd.initialize(to: ev_check())
        self.timer.initialize(to: ev_timer())
        self.async.initialize(to: ev_async())
        self.setCallbacks()
    }

    /// Starts the watchers that this loop needs, except for the timer.
    ///
    /// The watchers do not retain `reactor`, so `reactor` must own these hooks.
    func start(_ reactor: LibevReactor) {
        let data = Unmanaged.passUnretained(reactor).toOpaque()
        self.prepare.pointee.data = data
        self.check.pointee.data = data
        self.turnEnd.pointee.data = data
        self.timer.pointee.data = data
        self.async.pointee.data = data
        ev_async_start(self.loop.raw, self.async)
        guard self.loop.isBorrowed else { return self.interceptPending(data) }
        ev_prepare_start(self.loop.raw, self.prepare)
        ev_check_start(self.loop.raw, self.check)
        ev_check_start(self.loop.raw, self.turnEnd)
        // A host's loop ends when libev counts no active watcher. The four watchers that were just
        // started must not keep the loop running.
        for _ in 0..<4 { self.loop.discountWatcher() }
    }

    deinit {
        if self.loop.isBorrowed { for _ in 0..<4 { self.loop.countWatcherAgain() } }
        ev_prepare_stop(self.loop.raw, self.prepare)
        ev_check_stop(self.loop.raw, self.check)
        ev_check_stop(self.loop.raw, self.turnEnd)
        ev_timer_stop(self.loop.raw, self.timer)
        ev_async_stop(self.loop.raw, self.async)
        self.prepare.deallocate()
        self.check.deallocate()
        self.turnEnd.deallocate()
        self.timer.deallocate()
        self.async.deallocate()
    }

    // The reactor owns the hooks and stops them before it is destroyed, so it is alive whenever one
    // of these callbacks runs.
    private func setCallbacks() {
        clibev_prepare_init(self.prepare) { _, watcher, _ in
            LoopHooks.reactor(watcher?.pointee.data)?.beforeWait()
        }
        clibev_check_init(self.check) { _, watcher, _ in
            LoopHooks.reactor(watcher?.pointee.data)?.afterWait()
        }
        clibev_check_init(self.turnEnd) { _, watcher, _ in
            LoopHooks.reactor(watcher?.pointee.data)?.hostTurnEnds()
        }
        clibev_timer_init(self.timer) { _, watcher, _ in
            LoopHooks.reactor(watcher?.pointee.data)?.timerFired()
        }
        clibev_async_init(self.async) { _, watcher, _ in
            LoopHooks.reactor(watcher?.pointee.data)?.drainMailbox()
        }
        clibev_set_priority(self.check, 2)
        clibev_set_priority(self.async, 1)
        clibev_set_priority(self.timer, -1)
        clibev_set_priority(self.turnEnd, -2)
    }

    /// Makes libev call ``LibevReactor/afterWait()`` before it calls the ready watchers.
    ///
    /// This is only for a loop that the reactor runs itself, so the reactor is alive whenever the
    /// callback runs.
    private func interceptPending(_ data: UnsafeMutableRawPointer) {
        ev_set_userdata(self.loop.raw, data)
        ev_set_invoke_pending_cb(self.loop.raw) { loop in
            // libev also calls this function before each wait, when no watcher is pending.
            guard let loop, ev_pending_count(loop) > 0 else { return }
            LoopHooks.reactor(ev_userdata(loop))?.afterWait()
            ev_invoke_pending(loop)
        }
        self.observeInterruptions()
    }

    /// Records in the reactor whether a signal interrupted the wait.
    ///
    /// libev calls the two functions directly before and after epoll_wait(2), and does not report
    /// the error in any other way.
    private func observeInterruptions() {
        ev_set_loop_release_cb(
            self.loop.raw,
            { _ in errno = 0 },
            { loop in
                let isInterrupted = errno == EINTR
                guard let loop else { return }
                LoopHooks.reactor(ev_userdata(loop))?.state.wasInterrupted = isInterrupted
            }
        )
    }

    private static func reactor(_ data: UnsafeMutableRawPointer?) -> LibevReactor? {
        data.map { Unmanaged<LibevReactor>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Sets the timer to `nanoseconds` after libev's cached time, or turns the timer off if `nil`.
    ///
    /// The timer ends the wait in which it expires.
    func arm(_ nanoseconds: Int64?) {
        ev_timer_stop(self.loop.raw, self.timer)
        guard let nanoseconds else { return }
        clibev_timer_set(self.timer, Double(max(0, nanoseconds)) / 1e9)
        ev_timer_start(self.loop.raw, self.timer)
    }

    /// The value that other threads use to end the loop's wait.
    var waker: LoopWaker { LoopWaker(loop: self.loop.raw, watcher: self.async) }
}

/// Ends the loop's wait from any thread.
///
/// `@unchecked Sendable` is safe for two reasons. The two pointers are constants and are only
/// passed to `ev_async_send`, which is the only function of libev that other threads may call, even
/// while the loop runs (ev(3), "ev_async"). And the memory is valid during each call:
/// ``ReactorHandle`` makes the call under a lock and never after the handle was closed, closing the
/// handle waits for a call in progress, and the reactor closes the handle before it frees the
/// watcher and the loop.
struct LoopWaker: @unchecked Sendable {
    let loop: OpaquePointer
    let watcher: UnsafeMutablePointer<ev_async>

    func wake() {
        ev_async_send(self.loop, self.watcher)
    }
}

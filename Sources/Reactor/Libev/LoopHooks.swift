// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CLibev

/// The reactor's own watchers: the earliest delayed call, the door, and on a host's loop before and
/// after the wait, and the end of the turn.
///
/// Their priorities are what puts the steps of a turn in order (Docs/TheLoop.md): after the wait
/// first the clock, then the door, then descriptors (priority 0), then delayed calls, then the end.
/// On a loop of our own the reactor itself begins the wait, and libev hands over what is pending
/// after it (`ev_set_invoke_pending_cb`): two watchers less in each turn.
struct LoopHooks: ~Copyable {
    private let prepare: UnsafeMutablePointer<ev_prepare>
    private let check: UnsafeMutablePointer<ev_check>
    private let turnEnd: UnsafeMutablePointer<ev_check>
    private let timer: UnsafeMutablePointer<ev_timer>
    private let async: UnsafeMutablePointer<ev_async>
    private let loop: EventLoop

    /// Makes them; they do nothing until they are started.
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

    /// Starts them.
    ///
    /// `reactor` must own them: it is not retained.
    func start(_ reactor: LibevReactor) {
        let data = Unmanaged.passUnretained(reactor).toOpaque()
        self.prepare.pointee.data = data
        self.check.pointee.data = data
        self.turnEnd.pointee.data = data
        self.timer.pointee.data = data
        self.async.pointee.data = data
        ev_async_start(self.loop.raw, self.async)
        guard self.loop.isBorrowed else { return self.takePending(data) }
        ev_prepare_start(self.loop.raw, self.prepare)
        ev_check_start(self.loop.raw, self.check)
        ev_check_start(self.loop.raw, self.turnEnd)
        // A host's loop ends when nothing is left to wait for; these are no reason for it to go on.
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

    // The reactor owns the hooks and stops them before it goes: when one of these runs, it is
    // alive.
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

    /// On a loop of our own: what is pending runs when the clock has been read.
    ///
    /// Nobody runs that loop but the reactor itself: it is alive whenever this is asked.
    private func takePending(_ data: UnsafeMutableRawPointer) {
        ev_set_userdata(self.loop.raw, data)
        ev_set_invoke_pending_cb(self.loop.raw) { loop in
            // libev also asks before each wait, when there is nothing yet.
            guard let loop, ev_pending_count(loop) > 0 else { return }
            LoopHooks.reactor(ev_userdata(loop))?.afterWait()
            ev_invoke_pending(loop)
        }
    }

    private static func reactor(_ data: UnsafeMutableRawPointer?) -> LibevReactor? {
        data.map { Unmanaged<LibevReactor>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Lets the wait end after `nanoseconds` at the latest; nil: it may last.
    func arm(_ nanoseconds: Int64?) {
        ev_timer_stop(self.loop.raw, self.timer)
        guard let nanoseconds else { return }
        clibev_timer_set(self.timer, Double(max(0, nanoseconds)) / 1e9)
        ev_timer_start(self.loop.raw, self.timer)
    }

    /// What another thread needs to end the wait.
    var waker: LoopWaker { LoopWaker(loop: self.loop.raw, watcher: self.async) }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CLibev
import Reactor

/// A libev loop of a host's, with a watcher of the host's own, and a reactor that borrows it.
final class HostLoop {
    let loop: OpaquePointer
    private(set) var reactor: LibevReactor?
    private let timer: UnsafeMutablePointer<ev_timer>
    /// What the host does when its own timer fires.
    private var onTimer: () -> Void = {}

    init?() {
        guard let loop = ev_loop_new(UInt32(EVFLAG_NOENV)) else { return nil }
        self.loop = loop
        self.timer = .allocate(capacity: 1)
        self.timer.initialize(to: ev_timer())
        self.reactor = LibevReactor(borrowing: loop)
    }

    deinit {
        self.reactor?.shutDown()
        ev_timer_stop(self.loop, self.timer)
        self.timer.deallocate()
        ev_loop_destroy(self.loop)
    }

    /// Calls `body` from the host's own code, from inside its loop.
    func inHostCode(after seconds: Double = 0, _ body: @escaping () -> Void) {
        self.onTimer = body
        clibev_timer_init(self.timer) { _, timer, _ in
            guard let data = timer?.pointee.data else { return }
            Unmanaged<HostLoop>.fromOpaque(data).takeUnretainedValue().timerFired()
        }
        // The host loop owns the timer and stops it before it goes.
        self.timer.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        clibev_timer_set(self.timer, seconds)
        ev_timer_start(self.loop, self.timer)
    }

    private func timerFired() {
        let body = self.onTimer
        self.onTimer = {}
        body()
    }

    /// Runs until nothing is left that counts.
    func run() { ev_run(self.loop, 0) }

    /// One turn.
    func turn() { ev_run(self.loop, Int32(EVRUN_ONCE)) }

    /// The host has no more use for the reactor.
    func releaseReactor() { self.reactor = nil }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CLibev
import Reactor

/// A libev loop in the role of a host program's loop, with a timer of the host and a reactor that
/// borrows the loop.
final class HostLoop {
    let loop: OpaquePointer
    private(set) var reactor: LibevReactor?
    private let timer: UnsafeMutablePointer<ev_timer>
    /// The closure that the host's timer calls once.
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

    /// Calls `body` once from a callback of the host's timer, inside the loop.
    func inHostCode(after seconds: Double = 0, _ body: @escaping () -> Void) {
        self.onTimer = body
        clibev_timer_init(self.timer) { _, timer, _ in
            guard let data = timer?.pointee.data else { return }
            Unmanaged<HostLoop>.fromOpaque(data).takeUnretainedValue().timerFired()
        }
        // `deinit` stops the timer, so the unretained reference is valid whenever the timer fires.
        self.timer.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        clibev_timer_set(self.timer, seconds)
        ev_timer_start(self.loop, self.timer)
    }

    private func timerFired() {
        let body = self.onTimer
        self.onTimer = {}
        body()
    }

    /// Runs the loop until no watcher keeps it running.
    func run() { ev_run(self.loop, 0) }

    /// Runs one turn of the loop, which waits for at least one event.
    func turn() { ev_run(self.loop, Int32(EVRUN_ONCE)) }

    /// Releases the host's only reference to the reactor.
    func releaseReactor() { self.reactor = nil }
}

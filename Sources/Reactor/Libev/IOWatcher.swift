// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CLibev

/// One descriptor on the loop: `ev_io`, taken from the loop's pool, started, stopped and given back
/// here and nowhere else.
///
/// The owner stops it (or lets go of it) before the descriptor is closed: a watcher on a closed
/// descriptor stays deaf when the number is used again.
struct IOWatcher: ~Copyable {
    /// What is waited for.
    struct Events: OptionSet {
        let rawValue: Int32
        static let readable = Events(rawValue: Int32(EV_READ))
        static let writable = Events(rawValue: Int32(EV_WRITE))
        /// For what is never writable.
        ///
        /// libev takes a hang-up for both: if only the one is waited for it tells epoll so once
        /// more, for each child's pipe and pidfd.
        static let readableOrHungUp: Events = [.readable, .writable]
    }

    private let raw: UnsafeMutablePointer<ev_io>
    private let loop: EventLoop
    private let descriptor: Int32

    /// Makes a watcher that is off.
    ///
    /// `target` must own it, directly or not: it is not retained.
    init(_ loop: EventLoop, _ descriptor: Int32, _ events: Events, target: ReadinessTarget) {
        self.loop = loop
        self.descriptor = descriptor
        self.raw = loop.watchers.take()
        // The target owns the watcher, and its deinit stops it: when this runs, the target is
        // alive.
        clibev_io_init(
            self.raw,
            { _, watcher, _ in
                guard let data = watcher?.pointee.data else { return }
                Unmanaged<ReadinessTarget>.fromOpaque(data).takeUnretainedValue()
                    .descriptorIsReady()
            },
            descriptor,
            events.rawValue
        )
        self.raw.pointee.data = Unmanaged.passUnretained(target).toOpaque()
    }

    deinit {
        ev_io_stop(self.loop.raw, self.raw)
        self.loop.watchers.giveBack(self.raw)
    }

    var isActive: Bool { clibev_is_active(self.raw) != 0 }

    func start() {
        ev_io_start(self.loop.raw, self.raw)
    }

    func stop() {
        ev_io_stop(self.loop.raw, self.raw)
    }

    /// Waits for other events from now on.
    func change(to events: Events) {
        guard self.raw.pointee.events & (Int32(EV_READ) | Int32(EV_WRITE)) != events.rawValue else {
            return
        }
        let wasActive = self.isActive
        self.stop()
        clibev_io_set(self.raw, self.descriptor, events.rawValue)
        if wasActive { self.start() }
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CLibev

/// An object that handles the readiness of a descriptor.
///
/// A class with one method takes the place of a closure, because a stored closure would cost an
/// allocation for each descriptor and a second indirection for each event.
class ReadinessTarget {
    /// Handles one event, which means that the descriptor has one of the
    /// watcher's ``IOWatcher/Events``.
    ///
    /// The caller keeps the object alive during the call.
    func descriptorIsReady() {}
}

/// The watcher of one descriptor on a loop (`ev_io`).
///
/// Only this type starts and stops `ev_io` structures. The owner must stop or destroy the watcher
/// before it closes the descriptor. Otherwise, when the kernel reuses the number, libev does not
/// notice the change and reports nothing for the new descriptor.
struct IOWatcher: ~Copyable {
    /// The kinds of readiness that a watcher waits for.
    struct Events: OptionSet {
        let rawValue: Int32
        static let readable = Events(rawValue: Int32(EV_READ))
        static let writable = Events(rawValue: Int32(EV_WRITE))
        /// The events for a descriptor that never becomes writable, for example a pidfd.
        ///
        /// libev reports a hang-up as readable *and* writable. If a watcher waits only for
        /// readability, libev makes another `epoll_ctl` call after each hang-up. Waiting for both
        /// events avoids that call for each pipe and each pidfd.
        static let readableOrHungUp: Events = [.readable, .writable]
    }

    private let raw: UnsafeMutablePointer<ev_io>
    private let loop: EventLoop
    private let descriptor: Int32

    /// Makes an inactive watcher.
    ///
    /// The watcher does not retain `target`, so `target` must own it, directly or indirectly.
    init(_ loop: EventLoop, _ descriptor: Int32, _ events: Events, target: ReadinessTarget) {
        self.loop = loop
        self.descriptor = descriptor
        self.raw = loop.watchers.take()
        // The target owns the watcher, whose deinit stops it, so the target is alive whenever this
        // callback runs.
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

    /// Changes the events that the watcher waits for; an active watcher stays active.
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

/// A pool of `ev_io` structures for the watchers of one loop.
///
/// Each child needs at least three watchers. With a free list, taking a structure costs two loads
/// and a store, and the structures are close together in memory. The pool never shrinks; its memory
/// is freed when the loop is destroyed.
struct WatcherPool: ~Copyable {
    /// The first free structure, whose `data` points to the next free structure.
    private var free: UnsafeMutablePointer<ev_io>?
    private var pieces: [UnsafeMutablePointer<ev_io>] = []

    /// The number of structures in one allocation, which takes 1.5 KiB.
    private static let pieceCapacity = 32

    deinit {
        for piece in self.pieces { piece.deallocate() }
    }

    /// Takes a structure out of the pool; the caller initializes it.
    mutating func take() -> UnsafeMutablePointer<ev_io> {
        if self.free == nil { self.addPiece() }
        // `addPiece` has filled the list if it was empty.
        let watcher = self.free.unsafelyUnwrapped
        self.free = watcher.pointee.data?.assumingMemoryBound(to: ev_io.self)
        return watcher
    }

    /// Puts back a structure, whose watcher must be inactive.
    mutating func giveBack(_ watcher: UnsafeMutablePointer<ev_io>) {
        watcher.pointee.data = UnsafeMutableRawPointer(self.free)
        self.free = watcher
    }

    private mutating func addPiece() {
        let piece = UnsafeMutablePointer<ev_io>.allocate(capacity: Self.pieceCapacity)
        self.pieces.append(piece)
        for index in (0..<Self.pieceCapacity).reversed() {
            (piece + index).initialize(to: ev_io())
            self.giveBack(piece + index)
        }
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CLibev

/// Memory for the descriptor watchers of one loop, used again and again.
///
/// A child has three of them at least, from its spawn to its end: in a list of free ones each is two
/// loads and a store, and they lie side by side. What was taken for the most that there ever were is
/// freed with the loop.
struct WatcherPool: ~Copyable {
    /// Linked by their `data`.
    private var free: UnsafeMutablePointer<ev_io>?
    private var pieces: [UnsafeMutablePointer<ev_io>] = []

    /// 1.5 KiB.
    private static let pieceCapacity = 32

    deinit {
        for piece in self.pieces { piece.deallocate() }
    }

    /// One that is not initialised, on no loop.
    mutating func take() -> UnsafeMutablePointer<ev_io> {
        if self.free == nil { self.addPiece() }
        // There is one now.
        let watcher = self.free.unsafelyUnwrapped
        self.free = watcher.pointee.data?.assumingMemoryBound(to: ev_io.self)
        return watcher
    }

    /// Gives back one that is on no loop any more.
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

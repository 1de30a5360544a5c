// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The bytes between the two numbers that ``MemoryReactor/makePipe()`` gave out.
final class MemoryPipe {
    var bytes: [UInt8] = []
    var isReadEndClosed = false
    var isWriteEndClosed = false
    let readEnd: Int32
    let writeEnd: Int32

    init(readEnd: Int32, writeEnd: Int32) {
        self.readEnd = readEnd
        self.writeEnd = writeEnd
    }

    /// What holds 64 KiB takes no more, as a real pipe.
    static let capacity = 64 * 1024

    func isReady(_ descriptor: Int32, reading: Bool) -> Bool {
        switch (descriptor == self.readEnd, reading) {
        case (true, true): !self.bytes.isEmpty || self.isWriteEndClosed
        case (false, false): self.bytes.count < Self.capacity || self.isReadEndClosed
        default: false
        }
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The one buffer that all output of a reactor's children is read into.
///
/// Protocols see it as a borrowed span for the length of a call, so one is enough and no output is
/// copied.
final class ReadBuffer {
    /// What one read takes at most: all that the largest pipe holds.
    ///
    /// So one read empties it and the next is worth while only when the loop says so; the memory of
    /// what never comes is never touched.
    static let size = Int(EnlargedPipe.capacity)

    let bytes: UnsafeMutableRawBufferPointer

    init() {
        self.bytes = .allocate(byteCount: Self.size, alignment: 64)
    }

    deinit {
        self.bytes.deallocate()
    }
}

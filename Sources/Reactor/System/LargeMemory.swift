// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Memory in pieces of some mebibytes.
enum LargeMemory {
    /// Of the processor, on most machines.
    static let pageSize = 2 << 20

    /// A piece on large pages, if the kernel has some, or else on others; to be freed with free(3).
    ///
    /// The first touch of a small page costs as much as all else that is done with the delayed
    /// calls that lie in it.
    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
        var piece: UnsafeMutableRawPointer?
        guard posix_memalign(&piece, min(bytes, self.pageSize), bytes) == 0 else { return nil }
        // Refused where there are no such pages, which does no harm.
        _ = madvise(piece, bytes, MADV_HUGEPAGE)
        return piece
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An allocator of large blocks for the tables of delayed calls.
enum LargeMemory {
    /// The size of a huge page in bytes: 2 MiB on x86-64, and on arm64 with pages of 4 KiB.
    static let pageSize = 2 << 20

    /// Allocates a block that the kernel may back with huge pages, or returns `nil` if there is
    /// no memory.
    ///
    /// With pages of 4 KiB, the page fault at the first access to a page costs as much as all other
    /// work on the delayed calls in that page. The caller releases the block with free(3).
    ///
    /// - Parameter bytes: The size of the block. A size below ``pageSize`` must be a power of two,
    ///   because it is also the alignment of the block.
    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
        var piece: UnsafeMutableRawPointer?
        guard posix_memalign(&piece, min(bytes, self.pageSize), bytes) == 0 else { return nil }
        // On a kernel without transparent huge pages, madvise(2) fails and the block has
        // normal pages.
        _ = madvise(piece, bytes, MADV_HUGEPAGE)
        return piece
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An open file descriptor with one owner, who closes it once, by letting go of it.
struct Descriptor: ~Copyable {
    /// Its number; valid for as long as this value lives.
    let number: Int32

    /// Takes ownership of an open descriptor.
    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        // close(2): on Linux the descriptor is gone whatever close says, also after EINTR. Never
        // again.
        close(self.number)
    }
}

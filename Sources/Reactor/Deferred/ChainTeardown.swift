// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Releases the contents of a chain without recursion.
///
/// The steps of a chain capture handles of other chains, a chain keeps alive the chain that waits
/// for it, and a value may be a deferred itself. If each `deinit` released these references
/// directly, a million linked chains would nest a million `deinit` calls and overflow the stack.
///
/// Therefore the first `deinit` on a thread sets up a list and releases its own contents. Each
/// further `deinit` that this causes moves its contents to the list and returns. Then the first one
/// works through the list, which may grow while it does so.
///
/// The pointer to the list is kept under a thread-specific key, `pthread_key_create(3)`, because
/// Swift has no thread-local variables. The list is a local variable of `tearDown`, which sets the
/// key at its start and clears it before it returns, and only the same thread reads the key. So the
/// pointer never dangles, and no other thread sees it.
final class ChainTeardown {
    private var slot = Slot()
    private var steps = StepQueue()
    private var waiter: Chain?
    private var canceller: ((Chain) -> Void)?
    private var next: ChainTeardown?

    private init() {}

    deinit {
        self.slot.clear()
    }

    /// Releases the contents of a chain that is in its `deinit`.
    ///
    /// If another call is in progress on this thread, the contents are added to the list of that
    /// call, which releases them before it returns.
    static func tearDown(_ state: inout Chain.State) {
        if let list = pthread_getspecific(self.key) {
            let entry = ChainTeardown()
            entry.takeContents(of: &state)
            let first = list.assumingMemoryBound(to: ChainTeardown?.self)
            entry.next = first.pointee
            first.pointee = entry
            return
        }
        var first: ChainTeardown?
        withUnsafeMutablePointer(to: &first) { list in
            pthread_setspecific(self.key, list)
            self.releaseContents(of: &state)
            self.drain(list)
            pthread_setspecific(self.key, nil)
        }
    }

    private func takeContents(of state: inout Chain.State) {
        state.slot.move(to: &self.slot)
        swap(&state.steps, &self.steps)
        swap(&state.waiter, &self.waiter)
        self.canceller = state.canceller
        state.canceller = nil
    }

    // The next two functions must not be inlined. The optimizer may delay the release of a
    // reference to the end of the function that owns it, but here each release has to happen before
    // `tearDown` clears the key.

    @inline(never)
    private static func releaseContents(of state: inout Chain.State) {
        state.slot.clear()
        state.steps = StepQueue()
        state.waiter = nil
        state.canceller = nil
    }

    @inline(never)
    private static func drain(_ list: UnsafeMutablePointer<ChainTeardown?>) {
        while let entry = list.pointee {
            list.pointee = entry.next
            entry.next = nil
        }
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let code = pthread_key_create(&key, nil)
        require(
            code == 0,
            "Cannot set up deferreds, because the process has no thread-specific key left."
        )
        return key
    }()
}

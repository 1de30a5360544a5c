// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a chain that goes leaves behind, taken down without recursion.
///
/// Steps capture handles of other chains, a chain keeps the one that waits for it, and a value may
/// be a deferred itself. Released in the plain way, a million such chains are a million nested
/// `deinit`s and overflow the stack. So the first `deinit` on a thread makes a list; each one that
/// comes while it is being emptied puts its contents there and returns, and the first one works the
/// list off.
///
/// The list is found through a thread-specific slot of the C library, because Swift has no
/// thread-local variables. The pointer in it is that of a variable in the frame of `dispose`, is
/// set only for the length of that call, and is read only on the same thread: it never dangles and
/// is never shared.
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

    /// Takes everything out of a chain in its `deinit` and releases it, now or soon after.
    static func dispose(
        _ slot: inout Slot,
        _ steps: inout StepQueue,
        _ waiter: inout Chain?,
        _ canceller: inout ((Chain) -> Void)?
    ) {
        if let list = pthread_getspecific(self.key) {
            let remains = ChainTeardown()
            slot.move(to: &remains.slot)
            swap(&steps, &remains.steps)
            swap(&waiter, &remains.waiter)
            remains.canceller = canceller
            canceller = nil
            let first = list.assumingMemoryBound(to: ChainTeardown?.self)
            remains.next = first.pointee
            first.pointee = remains
            return
        }
        var first: ChainTeardown?
        withUnsafeMutablePointer(to: &first) { list in
            pthread_setspecific(self.key, list)
            self.release(&slot, &steps, &waiter, &canceller)
            self.workOff(list)
            pthread_setspecific(self.key, nil)
        }
    }

    // Both are kept from being inlined: the optimizer may put off a release to the end of the
    // function that owns the reference, and here that has to come before the list is taken away.

    @inline(never)
    private static func release(
        _ slot: inout Slot,
        _ steps: inout StepQueue,
        _ waiter: inout Chain?,
        _ canceller: inout ((Chain) -> Void)?
    ) {
        slot.clear()
        steps = StepQueue()
        waiter = nil
        canceller = nil
    }

    @inline(never)
    private static func workOff(_ list: UnsafeMutablePointer<ChainTeardown?>) {
        while let remains = list.pointee {
            list.pointee = remains.next
            remains.next = nil
        }
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let code = pthread_key_create(&key, nil)
        require(code == 0, "the process has no thread-specific slot left")
        return key
    }()
}

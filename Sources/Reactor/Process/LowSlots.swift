// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// The low descriptor numbers that a reactor reserves for its spawns, all open on /dev/null.
///
/// For each spawn the kernel copies the parent's descriptor table, up to the highest descriptor
/// that the child gets. The ends of a child's pipes may have high numbers, so for the duration of
/// the spawn they are duplicated to these low numbers, which keeps the copy small.
///
/// A reactor reserves the slots when it is created, because low numbers are most likely free then.
/// If no low number is free, or if a child needs more descriptors than there are slots, a spawn
/// takes longer but still works.
struct LowSlots: ~Copyable {
    private var raw = cspawn_slots()
    private let code: Int32

    init() {
        self.code = cspawn_slots_reserve(&self.raw)
    }

    /// Closes the descriptors; a second call has no effect.
    mutating func close() {
        cspawn_slots_release(&self.raw)
    }

    deinit {
        var raw = self.raw
        cspawn_slots_release(&raw)
    }

    /// A descriptor of /dev/null for children that request ``ChildDescriptor/null``.
    ///
    /// The descriptor belongs to the slots; the caller must not close it.
    var null: Int32 {
        get throws(SystemError) {
            guard self.code == 0 else { throw SystemError(call: "open", errno: -self.code) }
            return self.raw.null
        }
    }

    /// Calls `body` with a pointer to the C structure, which is valid only during the call.
    func withRaw<Result>(_ body: (UnsafePointer<cspawn_slots>) -> Result) -> Result {
        withUnsafePointer(to: self.raw, body)
    }
}

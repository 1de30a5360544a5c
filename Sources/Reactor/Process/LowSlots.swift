// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// The low descriptor numbers that a reactor keeps for its spawns, all open on /dev/null.
///
/// They stand in for the ends of a child's pipes, whose numbers may be high, while the child is
/// made: the kernel copies the table of descriptors only up to the highest that the child gets.
/// A reactor makes them first of all, when low numbers are most likely free. Where none are, or a
/// child gets more than there are slots, a spawn takes longer and is right all the same.
struct LowSlots: ~Copyable {
    private var raw = cspawn_slots()
    private let code: Int32

    init() {
        self.code = cspawn_slots_reserve(&self.raw)
    }

    /// Closes them; nothing happens the second time.
    mutating func release() {
        cspawn_slots_release(&self.raw)
    }

    deinit {
        var raw = self.raw
        cspawn_slots_release(&raw)
    }

    /// /dev/null, for every child that asks for it; stays open.
    var null: Int32 {
        get throws(SystemError) {
            guard self.code == 0 else { throw SystemError(call: "open", errno: -self.code) }
            return self.raw.null
        }
    }

    /// Calls `body` with the slots as C knows them.
    func withRaw<Result>(_ body: (UnsafePointer<cspawn_slots>) -> Result) -> Result {
        withUnsafePointer(to: self.raw, body)
    }
}

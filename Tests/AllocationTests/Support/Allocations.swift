// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Testing

/// How often this thread allocates memory in `body`.
///
/// What is done for the first time allocates more than later: call it once before.
func allocations(in body: () throws -> Void) rethrows -> Int {
    let before = allocation_counter_of_thread()
    try body()
    return Int(allocation_counter_of_thread() - before)
}

extension Trait where Self == ConditionTrait {
    /// For tests that count: with a sanitizer there is no count.
    static var countsAllocations: Self {
        .enabled("A sanitizer has its own allocator.") { allocation_counter_is_built_in() }
    }

    /// For counts that hold in release builds only.
    ///
    /// Without optimization Swift's library is not specialized for our types, and generic as it is
    /// it allocates each time that it gives out an element: in a `for` over an array, or where a
    /// tail looks for lines.
    static var optimized: Self {
        #if DEBUG
        let isOptimized = false
        #else
        let isOptimized = true
        #endif
        return .enabled(if: isOptimized, "Without optimization Swift's library allocates here.")
    }
}

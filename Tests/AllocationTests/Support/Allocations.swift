// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Testing

/// Returns the number of allocations that this thread makes in `body`.
///
/// The first run of a piece of code often allocates more than later ones, so run it once before.
func allocations(in body: () throws -> Void) rethrows -> Int {
    let before = allocation_counter_of_thread()
    try body()
    return Int(allocation_counter_of_thread() - before)
}

extension Trait where Self == ConditionTrait {
    /// A condition for tests that count allocations, which is impossible with a sanitizer.
    static var countsAllocations: Self {
        .enabled("A sanitizer replaces the allocator that counts.") {
            allocation_counter_is_built_in()
        }
    }

    /// A condition for tests whose counts hold only in release builds.
    ///
    /// Without optimization, Swift's library is not specialized for our types. Its generic code
    /// allocates for each element that it returns, for example in a `for` loop over an array or in
    /// the search for lines in a log tail.
    static var optimized: Self {
        #if DEBUG
        let isOptimized = false
        #else
        let isOptimized = true
        #endif
        return .enabled(if: isOptimized, "Without optimization, Swift's library allocates here.")
    }
}

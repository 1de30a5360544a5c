// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Dispatch
import Glibc
import Reactor
import Testing

/// Tests of the allocation counter itself.
///
/// Without them, a count of zero in the other suites would prove nothing.
@Suite(.countsAllocations) struct `Allocation counter` {
    private final class Object {
        var next: Object?
    }

    /// Keeps memory out of the compiler's sight, which omits an allocation that is freed at once.
    private final class Kept {
        private var newest: UnsafeMutableRawPointer?
        private(set) var count = 0

        @inline(never)
        func keep(_ memory: UnsafeMutableRawPointer?) {
            free(self.newest)
            self.newest = memory
            if memory != nil { self.count += 1 }
        }

        deinit {
            free(self.newest)
        }
    }

    @Test func `each Swift object counts as one allocation`() {
        var newest: Object?
        let count = allocations {
            for _ in 0..<100 {
                let object = Object()
                object.next = newest
                newest = object
            }
        }
        #expect(count == 100)
        #expect(newest != nil)
    }

    @Test func `the memory of an array counts each time the array grows`() {
        var array: [Int] = []
        #expect(allocations { array.reserveCapacity(1000) } == 1)
        #expect(allocations { array.reserveCapacity(100_000) } == 1)
        #expect(allocations { array.append(1) } == 0)
    }

    @Test func `each allocating function of C counts as one allocation`() {
        let kept = Kept()
        #expect(allocations { kept.keep(malloc(10)) } == 1)
        #expect(allocations { kept.keep(calloc(10, 10)) } == 1)
        #expect(allocations { kept.keep(realloc(nil, 10)) } == 1)
        #expect(allocations { kept.keep(aligned_alloc(64, 640)) } == 1)
        var aligned: UnsafeMutableRawPointer?
        #expect(allocations { _ = posix_memalign(&aligned, 64, 640) } == 1)
        kept.keep(aligned)
        #expect(kept.count == 5)
    }

    @Test func `code that allocates nothing counts as zero`() {
        var sum = 0
        #expect(allocations { for number in 0..<1000 { sum &+= number } } == 0)
        #expect(sum == 499_500)
    }

    @Test func `allocations of other threads do not count`() {
        let begin = DispatchSemaphore(value: 0)
        let end = DispatchSemaphore(value: 0)
        startThread {
            begin.wait()
            let kept = Kept()
            for _ in 0..<1000 { kept.keep(malloc(10)) }
            end.signal()
        }
        let count = allocations {
            begin.signal()
            end.wait()
        }
        #expect(count == 0)
    }
}

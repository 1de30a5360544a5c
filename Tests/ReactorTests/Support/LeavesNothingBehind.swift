// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Runs each test on a thread of its own and fails it if a descriptor that it opened is open afterwards, or a
/// child that it started is still there, dead or alive.
struct LeavesNothingBehind: TestTrait, SuiteTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let thread = OwnThread()
        defer { thread.end() }
        try await withTaskExecutorPreference(thread) {
            let before = DescriptorTable.open()
            try await function()
            for (number, kind) in DescriptorTable.open() where before[number] != kind {
                Issue.record(
                    "The test left descriptor \(number) open: \(kind)",
                    sourceLocation: test.sourceLocation
                )
            }
            if Self.hasChildren {
                Issue.record("The test left a child behind.", sourceLocation: test.sourceLocation)
            }
        }
    }

    /// Whether the calling thread has a child that nobody has waited for, alive or not.
    private static var hasChildren: Bool {
        var information = siginfo_t()
        let ofThisThread = Int32(bitPattern: 0x2000_0000)  // __WNOTHREAD, wait(2)
        return waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT | ofThisThread) == 0
    }
}

extension Trait where Self == LeavesNothingBehind {
    /// Fails a test that leaves descriptors open or children behind.
    static var leavesNothingBehind: LeavesNothingBehind { LeavesNothingBehind() }
}

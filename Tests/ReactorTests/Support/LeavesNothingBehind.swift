// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Runs each test on a thread of its own and fails it if a descriptor that it opened is open
/// afterwards, or a child that it started is still there, dead or alive.
///
/// For synchronous tests: a task, or an exit test, would run on threads to which the numbers of
/// this thread's descriptors mean something else. Threads that the test itself starts share its
/// descriptors.
struct LeavesNothingBehind: TestTrait, SuiteTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let thread = OwnThread()
        defer { thread.end() }
        try await withTaskExecutorPreference(OwnThread.relay) {
            try await withTaskExecutorPreference(thread) {
                let before = DescriptorTable.open()
                try await function()
                Self.check(before, test.sourceLocation)
            }
        }
    }

    private static func check(_ before: [Int32: String], _ sourceLocation: SourceLocation) {
        for (number, kind) in DescriptorTable.open() where before[number] != kind {
            Issue.record(
                "The test left descriptor \(number) open: \(kind)",
                sourceLocation: sourceLocation
            )
        }
        if Self.hasChildren {
            Issue.record("The test left a child behind.", sourceLocation: sourceLocation)
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

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Reactor
import Synchronization
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

/// A thread that runs jobs: those of one test, with a table of file descriptors of its own.
///
/// Linux keeps that table for each *thread* that asks for it (unshare(2), CLONE_FILES), and
/// waitid(2) can be asked for one thread's children alone. So what a test opened and started can be
/// counted exactly, while other tests of the same process run beside it.
final class OwnThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let arrivals = DispatchSemaphore(value: 0)
    private let isOver = Mutex(false)

    /// A thread with the descriptors of the process.
    ///
    /// What a thread with its own resumes must be one that we made, or it would be libdispatch's,
    /// which may start a thread of its own then: that would share the wrong table for ever.
    static let relay = OwnThread(hasOwnDescriptors: false)

    init(hasOwnDescriptors: Bool = true) {
        startThread { [self] in
            if hasOwnDescriptors { DescriptorTable.makePrivate() }
            while self.runNext() {}
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.jobs.withLock { $0.append(job) }
        self.arrivals.signal()
    }

    /// Lets the thread go once nothing is left to run.
    func end() {
        self.isOver.withLock { $0 = true }
        self.arrivals.signal()
    }

    private func runNext() -> Bool {
        self.arrivals.wait()
        if let job = self.jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            return true
        }
        return !self.isOver.withLock { $0 }
    }
}

/// The calling thread's open file descriptors.
enum DescriptorTable {
    /// What each open descriptor is, as /proc names it: "pipe:[4711]", "anon_inode:[pidfd]".
    ///
    /// A file is named by its number and not by its path: the table may have copies of files of
    /// other tests, which move or delete them meanwhile.
    static func open() -> [Int32: String] {
        guard let folder = opendir("/proc/thread-self/fd") else { return [:] }
        defer { closedir(folder) }
        var found: [Int32: String] = [:]
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let number = Int32(name), number != dirfd(folder) else { continue }
            let kind = Self.link("/proc/thread-self/fd/\(name)")
            found[number] =
                kind.hasPrefix("/") && !kind.hasPrefix("/dev/") ? Self.file(number) : kind
        }
        return found
    }

    /// Gives the calling thread a table of its own, without the pipes, pidfds and so on of other
    /// tests: a copy of a pipe's end here would keep theirs from coming to its end.
    static func makePrivate() {
        // Swift's Glibc does not show unshare, which needs _GNU_SOURCE.
        typealias Unshare = @convention(c) (Int32) -> Int32
        let symbol = dlsym(nil, "unshare")
        precondition(symbol != nil, "glibc has no unshare(2).")
        // The declaration of unshare(2): int unshare(int flags).
        let unshare = unsafeBitCast(symbol, to: Unshare.self)
        let shareFiles: Int32 = 0x400  // CLONE_FILES
        precondition(unshare(shareFiles) == 0, "unshare(2) failed: \(errno)")
        for (number, kind) in Self.open() where number > 2 && Self.isOfATest(kind) { close(number) }
    }

    /// Files stay: the test run itself may have some open to write its events to.
    private static func isOfATest(_ kind: String) -> Bool {
        kind.hasPrefix("pipe:") || kind.hasPrefix("socket:") || kind.hasPrefix("anon_inode:")
            || kind.hasPrefix("pidfd:") || kind.hasPrefix("/dev/pt")
    }

    private static func file(_ number: Int32) -> String {
        var status = stat()
        fstat(number, &status)
        return "file \(status.st_ino) of device \(status.st_dev)"
    }

    private static func link(_ path: String) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            let count = readlink(path, base, buffer.count)
            return String(
                decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)),
                as: UTF8.self
            )
        }
    }
}

/// Waits, without the reactor, until a child of this thread has exited; leaves it unreaped.
func waitForAnyChildToExit() {
    var information = siginfo_t()
    let ofThisThread = Int32(bitPattern: 0x2000_0000)  // __WNOTHREAD, wait(2)
    while waitid(P_ALL, 0, &information, WEXITED | WNOWAIT | ofThisThread) != 0, errno == EINTR {}
}

/// Reaps what a reactor that has gone left running, once it has exited.
func reapChildrenOfThisThread() {
    var status: Int32 = 0
    let ofThisThread = Int32(bitPattern: 0x2000_0000)
    while waitpid(-1, &status, ofThisThread) > 0 || errno == EINTR {}
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Reactor
import Synchronization
import Testing

/// A trait that fails a test if it leaves a descriptor open or a child unreaped.
///
/// Each test runs on a thread of its own, which has its own table of descriptors. The trait is for
/// synchronous tests: tasks and exit tests run on other threads, where the descriptor numbers of
/// this thread refer to other files. Threads that the test starts itself share its descriptors.
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
                "The test left descriptor \(number) open, which is \(kind).",
                sourceLocation: sourceLocation
            )
        }
        if Self.hasChildren {
            Issue.record("The test left a child unreaped.", sourceLocation: sourceLocation)
        }
    }

    /// Whether the calling thread has a child, running or exited, that was not reaped.
    private static var hasChildren: Bool {
        var information = siginfo_t()
        let ofThisThread = Int32(bitPattern: 0x2000_0000)  // __WNOTHREAD, wait(2)
        return waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT | ofThisThread) == 0
    }
}

extension Trait where Self == LeavesNothingBehind {
    /// Fails a test that leaves descriptors open or children unreaped.
    static var leavesNothingBehind: LeavesNothingBehind { LeavesNothingBehind() }
}

/// A thread that runs the jobs of one test, with its own table of file descriptors.
///
/// On Linux a *thread* can have a descriptor table of its own (unshare(2), CLONE_FILES), and
/// waitid(2) can wait for the children of one thread only (__WNOTHREAD). This makes it possible to
/// count the descriptors and children of one test exactly, even if other tests run meanwhile in the
/// same process.
final class OwnThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let arrivals = DispatchSemaphore(value: 0)
    private let isOver = Mutex(false)

    /// A thread that shares the descriptor table of the process.
    ///
    /// A test continues on this thread when it leaves its own thread. Without the relay, the thread
    /// with the private table would enqueue the continuation on libdispatch, which can start a new
    /// worker thread at that point. That worker would inherit the private table and keep it.
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

    /// Ends the thread once its jobs are done.
    func end() {
        self.isOver.withLock { $0 = true }
        self.arrivals.signal()
    }

    /// Waits for the next job and runs it.
    ///
    /// - Returns: `false` once the thread has to end.
    private func runNext() -> Bool {
        self.arrivals.wait()
        if let job = self.jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            return true
        }
        return !self.isOver.withLock { $0 }
    }
}

/// The open file descriptors of the calling thread.
enum DescriptorTable {
    /// Returns a description of each open descriptor, as in /proc:
    /// "pipe:[4711]", "anon_inode:[pidfd]".
    ///
    /// A file is described by its inode number and not by its path. The table can contain copies of
    /// descriptors of other tests, which may move or delete the file in the meantime.
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

    /// Gives the calling thread its own table, and closes the pipes, sockets, terminals and pidfds
    /// in it that belong to other tests.
    ///
    /// If they stayed open here, the pipes of other tests would not end when those tests
    /// close them.
    static func makePrivate() {
        // The declaration of unshare(2) needs _GNU_SOURCE, which Swift's Glibc does not define.
        typealias Unshare = @convention(c) (Int32) -> Int32
        let symbol = dlsym(nil, "unshare")
        precondition(symbol != nil, "glibc has no unshare(2).")
        // The C declaration is `int unshare(int flags)`, so the function has this type.
        let unshare = unsafeBitCast(symbol, to: Unshare.self)
        let shareFiles: Int32 = 0x400  // CLONE_FILES
        precondition(unshare(shareFiles) == 0, "unshare(2) failed: \(errno)")
        for (number, kind) in Self.open() where number > 2 && Self.isOfATest(kind) { close(number) }
    }

    /// Whether a descriptor of this description may belong to a test.
    ///
    /// Regular files stay open, because the test runner may write its events to one.
    private static func isOfATest(_ kind: String) -> Bool {
        kind.hasPrefix("pipe:") || kind.hasPrefix("socket:") || kind.hasPrefix("anon_inode:")
            || kind.hasPrefix("pidfd:") || kind.hasPrefix("/dev/pt")
    }

    /// A description of a regular file.
    private static func file(_ number: Int32) -> String {
        var status = stat()
        fstat(number, &status)
        return "file \(status.st_ino) of device \(status.st_dev)"
    }

    /// The target of a symbolic link.
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

/// Blocks until a child of this thread has exited, and leaves the child unreaped.
///
/// The reactor does not run meanwhile, so that the exit and all output are pending when its next
/// turn begins.
func waitForAnyChildToExit() {
    var information = siginfo_t()
    let ofThisThread = Int32(bitPattern: 0x2000_0000)  // __WNOTHREAD, wait(2)
    while waitid(P_ALL, 0, &information, WEXITED | WNOWAIT | ofThisThread) != 0, errno == EINTR {}
}

/// Waits for all children of this thread and reaps them.
///
/// A test calls it if its reactor shuts down before a child has ended.
func reapChildrenOfThisThread() {
    var status: Int32 = 0
    let ofThisThread = Int32(bitPattern: 0x2000_0000)
    while waitpid(-1, &status, ofThisThread) > 0 || errno == EINTR {}
}

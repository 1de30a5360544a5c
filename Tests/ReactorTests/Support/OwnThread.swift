// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Reactor
import Synchronization

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

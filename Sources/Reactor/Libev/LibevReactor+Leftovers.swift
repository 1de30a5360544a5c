// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension LibevReactor {
    /// One sentence for each thing that would keep the reactor busy or that it would still report.
    ///
    /// The library `ReactorTesting` offers this list to tests.
    package var leftoverSentences: [String] {
        let calls = self.delayedCalls.compactMap(\.deadline).sorted()
        let children = self.state.children.compactMap(\.pid).sorted()
        let watches = self.watches.values.map(\.descriptor).sorted()
        let signals = (self.signals?.signals ?? []).map { "\($0)" }.sorted()
        return calls.map { "A delayed call is pending, which is due at \($0)." }
            + children.map { "A child process is running, which has the process ID \($0)." }
            + watches.map { "The descriptor \($0) is being watched." }
            + signals.map { "The signal \($0) is being handled." }
            + self.handle.leftovers(threads: self.pendingResults.count)
    }
}

extension ReactorHandle {
    /// One sentence for each thing that concerns other threads and tasks.
    ///
    /// - Parameter threads: The number of results of worker threads that have not arrived.
    package func leftovers(threads: Int) -> [String] {
        let work = Array(repeating: "Work on another thread has no result yet.", count: threads)
        let tasks = Array(
            repeating: "A task awaits a deferred.",
            count: self.waitingTaskCount
        )
        return work + tasks
            + (self.hasMessages ? ["A message from another thread has not been handled."] : [])
    }
}

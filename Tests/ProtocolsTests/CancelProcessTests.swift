// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

/// Cancelling a deferred that stands for a process ends the process with its group.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Cancelled process` {
    /// Runs a command whose group ignores SIGINT, and calls `cancel` with its deferred after
    /// a time.
    private func run(
        _ kind: StageKind,
        _ cancel: @escaping (Deferred<ProcessEnd>) -> Deferred<ProcessEnd>
    ) -> (result: Result<ProcessEnd, any Error>?, stage: GroupStage) {
        let stage = GroupStage(kind)
        var result: Result<ProcessEnd, any Error>?
        let reactor = stage.reactor
        let command = stage.command
        reactor.callWhenRunning {
            let ended = runProcessWithTimeout(command, timeout: .seconds(60), on: reactor)
            cancel(ended).whenFired {
                result = $0
                reactor.stop()
            }
        }
        reactor.run()
        return (result, stage)
    }

    @Test(arguments: StageKind.allCases)
    func `cancelling the deferred of a command ends its group, even if the reactor stops`(
        kind: StageKind
    ) throws {
        let (result, stage) = self.run(kind) { ended in
            CurrentReactor.reactor.callLater(.seconds(1)) { ended.cancel() }
            return ended
        }
        defer { stage.cleanUp() }
        #expect(throws: CancelledError.self) { try result?.get() }
        #expect(!stage.leavesProcesses)
    }

    @Test(arguments: StageKind.allCases)
    func `a timeout of the deferred of a command ends its group`(kind: StageKind) throws {
        let (result, stage) = self.run(kind) { $0.addTimeout(.seconds(1)) }
        defer { stage.cleanUp() }
        #expect(throws: TimeoutError.self) { try result?.get() }
        #expect(!stage.leavesProcesses)
    }

    @Test(arguments: StageKind.allCases)
    func `a cancelled command gets SIGINT and then SIGKILL`(kind: StageKind) throws {
        let stage = GroupStage(kind)
        defer { stage.cleanUp() }
        let deferred = Deferred<ProcessEnd>()
        var result: Result<ProcessEnd, any Error>?
        deferred.whenFired { result = $0 }
        let monitor = ProcessMonitorProtocol(deferred: deferred, clock: stage.reactor)
        monitor.shortenStages()
        try stage.reactor.spawnProcess(monitor, stage.request())
        stage.turn(for: .milliseconds(500))
        deferred.cancel()
        #expect(throws: CancelledError.self) { try result?.get() }
        stage.turn(until: { monitor.end != nil })
        #expect(monitor.signalsSent.map(\.signal) == [.interrupt, .kill])
        #expect(!stage.leavesProcesses)
    }

    @Test(arguments: StageKind.allCases)
    func `a process is ended if its deferred was cancelled before the connection`(kind: StageKind)
        throws
    {
        let stage = GroupStage(kind)
        defer { stage.cleanUp() }
        let deferred = Deferred<ProcessEnd>()
        let monitor = ProcessMonitorProtocol(deferred: deferred, clock: stage.reactor)
        monitor.shortenStages()
        try stage.reactor.spawnProcess(monitor, stage.request())
        deferred.cancel()
        stage.turn(until: { monitor.end != nil })
        #expect(!stage.leavesProcesses)
    }

    @Test func `a canceller of the user is called as well`() throws {
        let reactor = MemoryReactor()
        reactor.programs = { _ in [.pause] }
        var calls = 0
        let deferred = Deferred<ProcessEnd> { _ in calls += 1 }
        let monitor = ProcessMonitorProtocol(deferred: deferred, clock: reactor)
        try reactor.spawnProcess(monitor, SpawnRequest("worker"))
        reactor.advance(by: .zero)
        deferred.cancel()
        reactor.advance(by: .zero)
        #expect(calls == 1)
        #expect(monitor.end?.exit.signal == .interrupt)
    }

    @Test(arguments: [false, true])
    func `cancelling the capture of an output kills the group`(early: Bool) throws {
        let reactor = MemoryReactor()
        reactor.programs = { _ in [.start([.ignore(.interrupt), .pause]), .pause] }
        let deferred = Deferred<ProcessOutput>()
        var result: Result<ProcessOutput, any Error>?
        deferred.whenFired { result = $0 }
        let subject = ProcessWithTimeout(deferred: deferred, timeout: .seconds(60), clock: reactor)
        try reactor.spawnProcess(subject, SpawnRequest("git"))
        if !early { reactor.advance(by: .seconds(1)) }
        deferred.cancel()
        #expect(throws: CancelledError.self) { try result?.get() }
        reactor.advance(by: .seconds(1))
        #expect(reactor.processes[0].isGone)
        #expect(reactor.processes[0].signals.map(\.signal) == [.kill])
        #expect(reactor.delayedCalls.isEmpty)
    }

    @Test func `a captured process that survives SIGKILL is given up and named`() throws {
        let reactor = MemoryReactor()
        reactor.programs = { _ in [.hang] }
        let deferred = Deferred<ProcessOutput>()
        var result: Result<ProcessOutput, any Error>?
        deferred.whenFired { result = $0 }
        let subject = ProcessWithTimeout(deferred: deferred, timeout: .seconds(10), clock: reactor)
        try reactor.spawnProcess(subject, SpawnRequest("git"))
        reactor.advance(by: .seconds(15))
        let error = #expect(throws: ProcessFailed.self) { try result?.get() }
        let pid = reactor.processes[0].membersOfGroup()[0].pid
        #expect(
            error?.description == """
                The process took longer than 10.0 seconds and ended with an unknown status. \
                Still alive: \(pid) (scripted, state D).
                """
        )
    }

    @Test func `a negative limit for captured output stops the program`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            _ = ProcessWithTimeout(
                deferred: Deferred(),
                timeout: .zero,
                limit: -1,
                clock: TestClock()
            )
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("The limit of captured output cannot be negative: -1."))
    }

    @Test(arguments: StageKind.allCases)
    func `a cancelled task that awaits a command ends its group`(kind: StageKind) async throws {
        let mark = try await AwaitingCommand.run(kind)
        #expect(processesLeft(marked: mark).isEmpty)
    }
}

/// An actor on the thread of a reactor that awaits a command.
private actor AwaitingCommand {
    private let handle: ReactorHandle
    nonisolated var unownedExecutor: UnownedSerialExecutor { self.handle.asUnownedSerialExecutor() }

    init(_ handle: ReactorHandle) { self.handle = handle }

    /// Runs a command on a reactor, cancels the task that awaits it, and stops the reactor.
    ///
    /// - Returns: The mark of the processes.
    static func run(_ kind: StageKind) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            startThread {
                let stage = GroupStage(kind)
                let mark = stage.mark
                let command = stage.command
                let resident = AwaitingCommand(stage.reactor.handle)
                let handle = stage.reactor.handle
                let task = Task.detached { try await resident.wait(command) }
                // The command has certainly started when its output arrives; it is given a second.
                stage.reactor.callLater(.seconds(1)) { task.cancel() }
                Task.detached {
                    _ = await task.result
                    handle.stop()
                }
                stage.reactor.run()
                if stage.hasProcesses, kind == .memory {
                    continuation.resume(throwing: TestFailure("A scripted process is alive."))
                } else {
                    continuation.resume(returning: mark)
                }
            }
        }
    }

    private func wait(_ command: [String]) async throws {
        guard let reactor = CurrentReactor.reactor as? any ReactorProcess else { return }
        _ = try await runProcessWithTimeout(command, timeout: .seconds(60), on: reactor).value()
    }
}

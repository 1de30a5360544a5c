// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

/// Processes that are ended with a default request end together with their process groups.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `End of a process group` {
    /// The classes of the hierarchy.
    enum Class: String, CaseIterable, Codable {
        case twoStageKill, monitor, monitorWithTimeout

        /// Makes a protocol of this class, and calls `ended` with its `processEnded`.
        func make(_ clock: any ReactorTime, _ ended: @escaping (ProcessEnd) -> Void)
            -> ProcessProtocolWithTwoStageKill
        {
            let subject: ProcessProtocolWithTwoStageKill
            switch self {
            case .twoStageKill: subject = Killer(clock: clock, ended)
            case .monitor: subject = Monitor(clock: clock, ended)
            case .monitorWithTimeout: subject = TimeoutMonitor(clock: clock, ended)
            }
            subject.shortenStages()
            return subject
        }
    }

    private final class Killer: ProcessProtocolWithTwoStageKill {
        private let ended: (ProcessEnd) -> Void

        init(clock: any ReactorTime, _ ended: @escaping (ProcessEnd) -> Void) {
            self.ended = ended
            super.init(clock: clock)
        }

        override func outReceived(_ data: RawSpan) { self.terminateProcess() }

        override func processEnded(_ end: ProcessEnd) {
            super.processEnded(end)
            self.ended(end)
        }
    }

    private final class Monitor: ProcessMonitorProtocol {
        private let ended: (ProcessEnd) -> Void

        init(clock: any ReactorTime, _ ended: @escaping (ProcessEnd) -> Void) {
            self.ended = ended
            super.init(deferred: Deferred(), clock: clock)
        }

        override func outReceived(_ data: RawSpan) { self.unexpectedError(TestFailure("end it")) }

        override func processEnded(_ end: ProcessEnd) {
            super.processEnded(end)
            self.ended(end)
        }
    }

    private final class TimeoutMonitor: ProcessMonitorProtocolWithTimeout {
        private let ended: (ProcessEnd) -> Void

        init(clock: any ReactorTime, _ ended: @escaping (ProcessEnd) -> Void) {
            self.ended = ended
            super.init(deferred: Deferred(), timeout: nil, clock: clock)
        }

        override func outReceived(_ data: RawSpan) { self.setTimeout(.milliseconds(50)) }

        override func processEnded(_ end: ProcessEnd) {
            super.processEnded(end)
            self.ended(end)
        }
    }

    @Test(arguments: StageKind.allCases, Class.allCases)
    func `processEnded is called when the whole group is gone`(kind: StageKind, class: Class) throws
    {
        let stage = GroupStage(kind)
        defer { stage.cleanUp() }
        var end: ProcessEnd?
        let subject = `class`.make(stage.reactor) { end = $0 }
        try stage.reactor.spawnProcess(subject, stage.request())
        stage.turn(until: { end != nil })
        #expect(!stage.hasProcesses)
        #expect(end?.exit == .signaled(.interrupt, coreDumped: false))
        #expect(end?.survivors == [])
        #expect(subject.signalsSent.map(\.signal) == [.interrupt, .kill])
    }

    @Test(arguments: StageKind.allCases)
    func `the group is ended in the background if another policy reports the end earlier`(
        kind: StageKind
    ) throws {
        let stage = GroupStage(kind)
        defer { stage.cleanUp() }
        var end: ProcessEnd?
        let subject = Class.twoStageKill.make(stage.reactor) { end = $0 }
        var request = stage.request()
        request.exitPolicy = .leader
        try stage.reactor.spawnProcess(subject, request)
        stage.turn(until: { end != nil })
        #expect(subject.signalsSent.map(\.signal) == [.interrupt])
        #expect(stage.hasProcesses)
        stage.turn(for: .milliseconds(300))
        #expect(!stage.leavesProcesses)
    }

    @Test(arguments: StageKind.allCases)
    func `a process that exits by itself leaves its group alone`(kind: StageKind) throws {
        let stage = GroupStage(kind)
        defer { stage.cleanUp() }
        var end: ProcessEnd?
        let subject = Class.monitor.make(stage.reactor) { end = $0 }
        (subject as? Monitor)?.waitBeforeKill = .zero
        var request = stage.request(exits: true)
        request.streams = .descriptors([0: .null, 1: .null, 2: .null])
        try stage.reactor.spawnProcess(subject, request)
        stage.turn(until: { end != nil })
        #expect(end?.exit == .exited(code: 0))
        #expect(subject.signalsSent.isEmpty)
        #expect(stage.hasProcesses)
    }

    @Test(arguments: StageKind.allCases)
    func `a command that takes too long ends with its group`(kind: StageKind) throws {
        let stage = GroupStage(kind)
        defer { stage.cleanUp() }
        var result: Result<ProcessEnd, any Error>?
        runProcessWithTimeout(
            stage.command,
            timeout: .seconds(1),
            on: stage.reactor,
            clock: stage.reactor
        ).whenFired { result = $0 }
        stage.turn(until: { result != nil })
        #expect(!stage.hasProcesses)
        let error = #expect(throws: TimeoutError.self) { try result?.get() }
        // The command has written output, so it was not silent.
        #expect(error?.description == "Timed out after 1.0 seconds: the command did not end.")
    }

    @Test(arguments: StageKind.allCases)
    func `a reactor that is stopped waits until the group is ended`(kind: StageKind) throws {
        let stage = GroupStage(kind)
        defer { stage.cleanUp() }
        let subject = StoppingKiller(clock: stage.reactor)
        subject.shortenStages()
        subject.stop = { [reactor = stage.reactor] in reactor.stop() }
        try stage.reactor.spawnProcess(subject, stage.request())
        stage.reactor.run()
        #expect(!stage.hasProcesses)
        #expect(subject.signalsSent.map(\.signal) == [.interrupt, .kill])
    }

    private final class StoppingKiller: ProcessProtocolWithTwoStageKill {
        var stop: () -> Void = {}

        override func outReceived(_ data: RawSpan) {
            self.terminateProcess()
            self.stop()
        }
    }

    @Test func `a stopped reactor does not wait for a group that exits by itself`() throws {
        let reactor = MemoryReactor()
        reactor.programs = { _ in [.start([.pause]), .exit(0)] }
        let subject = ProcessProtocolWithTwoStageKill(clock: reactor)
        try reactor.spawnProcess(subject, SpawnRequest("daemon"))
        reactor.callLater(.seconds(1)) { reactor.stop() }
        reactor.run()
        #expect(reactor.now == .seconds(1))
        #expect(!reactor.processes[0].isGone)
    }

    // The stages of a clock that nobody advances would never be over.
    @Test func `a stopped reactor does not wait for stages on another clock`() throws {
        let reactor = MemoryReactor()
        reactor.programs = { _ in [.ignore(.interrupt), .pause] }
        let subject = ProcessProtocolWithTwoStageKill(clock: TestClock())
        try reactor.spawnProcess(subject, SpawnRequest("stubborn"))
        reactor.callLater(.seconds(1)) {
            subject.terminateProcess()
            reactor.stop()
        }
        reactor.run()
        #expect(reactor.now == .seconds(1))
        #expect(subject.signalsSent.map(\.signal) == [.interrupt])
    }

    @Test func `the error of a command names the processes that survive SIGKILL`() throws {
        let reactor = MemoryReactor()
        reactor.programs = { _ in [.start([.hang]), .pause] }
        var result: Result<ProcessEnd, any Error>?
        runProcessWithTimeout(["stuck"], timeout: .seconds(1), on: reactor, clock: reactor)
            .whenFired { result = $0 }
        reactor.advance(by: .milliseconds(10_999))
        #expect(result == nil)
        reactor.advance(by: .milliseconds(1))
        let pid = reactor.processes[0].membersOfGroup()[0].pid
        let error = #expect(throws: TimeoutError.self) { try result?.get() }
        #expect(error?.survivors.map(\.pid) == [pid])
        #expect(
            error?.description == """
                Timed out after 1.0 seconds: the command did not end. \
                Still alive: \(pid) (scripted, state D).
                """
        )
        #expect(reactor.delayedCalls.isEmpty)
    }

    @Test func `the survivors of a kill in the background are logged`() throws {
        let reactor = MemoryReactor()
        reactor.programs = { _ in [.start([.hang]), .wait(.seconds(1)), .exit(0)] }
        let log = RecordedLog()
        let subject = ProcessProtocolWithTwoStageKill(clock: reactor)
        subject.logger = log.logger
        var request = SpawnRequest("stuck")
        request.exitPolicy = .leader
        try reactor.spawnProcess(subject, request)
        reactor.advance(by: .milliseconds(500))
        subject.terminateProcess()
        reactor.advance(by: .seconds(20))
        #expect(log.errors.count == 1)
        #expect(log.errors[0].contains("(scripted, state D)"))
        #expect(reactor.delayedCalls.isEmpty)
    }
}

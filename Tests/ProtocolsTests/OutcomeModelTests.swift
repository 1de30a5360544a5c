// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import TestSupport
import Testing

/// Random sequences of events of a monitored process, compared with a model of the outcome rules.
///
/// `OutcomeTests` checks the same rules one by one.
@Suite struct `Outcome model of a monitored process` {
    /// The outcome rules, written as simply as possible.
    private struct Model {
        var failure: String?
        var running: Int?
        /// The numbers of the queued notifications, and `nil` for the outcome.
        ///
        /// The outcome is queued when the process ends.
        var queued: [Int?] = []
        var ran: [Int] = []
        var isEnding = false
        var outcome: String?

        mutating func notify(_ number: Int) {
            self.queued.append(number)
            self.runQueued()
        }

        mutating func finish(failing: Bool) {
            if failing, let number = self.running { self.fail("notification \(number)") }
            self.running = nil
            self.runQueued()
        }

        mutating func fail(_ error: String) {
            self.failure = self.failure ?? error
        }

        mutating func end() {
            self.isEnding = true
            self.queued.append(nil)
            self.runQueued()
        }

        private mutating func runQueued() {
            while self.running == nil, !self.queued.isEmpty {
                if let number = self.queued.removeFirst() {
                    guard self.failure == nil else { continue }
                    self.running = number
                    self.ran.append(number)
                } else {
                    self.outcome = self.failure ?? "success"
                }
            }
        }
    }

    /// The protocol under test, driven by the same calls as the model.
    private final class Subject {
        let scene: Scene<ProcessMonitorProtocol>
        var ran: [Int] = []
        var pending: [Int: Deferred<Void>] = [:]

        init(_ scene: Scene<ProcessMonitorProtocol>) {
            self.scene = scene
            scene.transport.survivesEverything = true
        }

        func notify(_ number: Int) {
            self.scene.subject.runNotification { [unowned self] in
                self.ran.append(number)
                let deferred = Deferred<Void>()
                self.pending[number] = deferred
                return deferred
            }
        }

        func finish(_ number: Int, failing: Bool) {
            guard let deferred = self.pending.removeValue(forKey: number) else { return }
            if failing {
                deferred.fail(TestFailure("notification \(number)"))
            } else {
                deferred.succeed()
            }
        }

        var outcome: String? {
            if self.scene.hasSucceeded { return "success" }
            return self.scene.error.map { "\($0)" }
        }
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `the outcome follows the model`(seed: UInt64) {
        playMonitor { scene in
            var random = SeededGenerator(seed: seed)
            var model = Model()
            let subject = Subject(scene)
            for number in 0..<20 {
                self.step(number, Int.random(in: 0..<12, using: &random), &model, subject)
                #expect(subject.ran == model.ran)
                #expect(subject.outcome == model.outcome)
            }
        }
    }

    private func step(_ number: Int, _ kind: Int, _ model: inout Model, _ subject: Subject) {
        switch kind {
        case 0...4:
            model.notify(number)
            subject.notify(number)
        case 5...7:
            guard let running = model.running else { return }
            model.finish(failing: kind == 7)
            subject.finish(running, failing: kind == 7)
        case 8 where !model.isEnding:
            model.fail("unexpected \(number)")
            subject.scene.subject.unexpectedError(TestFailure("unexpected \(number)"))
        case 9...10 where !model.isEnding:
            let exit = ProcessExit.exited(code: Int32(kind - 9))
            if !exit.isSuccess { model.fail("\(ProcessTerminated(exit: exit))") }
            model.end()
            subject.scene.transport.end(exit)
        default: break
        }
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import Testing

/// Random orders of everything that can happen to a monitored process, against the rules of the outcome table
/// written down once more, as plainly as can be.
@Suite struct `The outcome of anything that can happen to a process` {
    /// SplitMix64, so that a failure can be run again by its seed.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = self.state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// The rules.
    private struct Model {
        var failure: String?
        var running: Int?
        /// Nil stands for the outcome, which takes its place in the line at the end of the process.
        var waiting: [Int?] = []
        var ran: [Int] = []
        var isEnding = false
        var outcome: String?

        mutating func notify(_ number: Int) {
            self.waiting.append(number)
            self.goOn()
        }

        mutating func answer(failing: Bool) {
            if failing, let number = self.running { self.fail("notification \(number)") }
            self.running = nil
            self.goOn()
        }

        mutating func fail(_ error: String) {
            self.failure = self.failure ?? error
        }

        mutating func end() {
            self.isEnding = true
            self.waiting.append(nil)
            self.goOn()
        }

        private mutating func goOn() {
            while self.running == nil, !self.waiting.isEmpty {
                if let number = self.waiting.removeFirst() {
                    guard self.failure == nil else { continue }
                    self.running = number
                    self.ran.append(number)
                } else {
                    self.outcome = self.failure ?? "success"
                }
            }
        }
    }

    /// What the protocol does, in the words of the model.
    private final class Actor {
        let scene: Scene<ProcessMonitorProtocol>
        var ran: [Int] = []
        var answers: [Int: Deferred<Void>] = [:]

        init(_ scene: Scene<ProcessMonitorProtocol>) {
            self.scene = scene
            scene.transport.survivesEverything = true
        }

        func notify(_ number: Int) {
            self.scene.subject.runNotification { [unowned self] in
                self.ran.append(number)
                let answer = Deferred<Void>()
                self.answers[number] = answer
                return answer
            }
        }

        func answer(_ number: Int, failing: Bool) {
            guard let answer = self.answers.removeValue(forKey: number) else { return }
            if failing {
                answer.fail(TestFailure("notification \(number)"))
            } else {
                answer.succeed()
            }
        }

        var outcome: String? {
            if self.scene.hasSucceeded { return "success" }
            return self.scene.error.map { "\($0)" }
        }
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `is what the rules say`(seed: UInt64) {
        playMonitor { scene in
            var random = Seeded(state: seed)
            var model = Model()
            let actor = Actor(scene)
            for number in 0..<20 {
                self.step(number, Int.random(in: 0..<12, using: &random), &model, actor)
                #expect(actor.ran == model.ran)
                #expect(actor.outcome == model.outcome)
            }
        }
    }

    private func step(_ number: Int, _ kind: Int, _ model: inout Model, _ actor: Actor) {
        switch kind {
        case 0...4:
            model.notify(number)
            actor.notify(number)
        case 5...7:
            guard let running = model.running else { return }
            model.answer(failing: kind == 7)
            actor.answer(running, failing: kind == 7)
        case 8 where !model.isEnding:
            model.fail("unexpected \(number)")
            actor.scene.subject.unexpectedError(TestFailure("unexpected \(number)"))
        case 9...10 where !model.isEnding:
            let exit = ProcessExit.exited(code: Int32(kind - 9))
            if !exit.isSuccess { model.fail("\(ProcessTerminated(exit: exit))") }
            model.end()
            actor.scene.transport.end(exit)
        default: break
        }
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// Complete jobs with random workers, random failures of the scheduler and random interruptions.
///
/// A failing job can be repeated with its seed.
@Suite struct `Random jobs` {
    /// The random choices for one job.
    private struct RandomChoices {
        var random: SeededGenerator

        init(seed: UInt64) {
            self.random = SeededGenerator(seed: seed)
        }

        mutating func chance(_ percent: Int) -> Bool {
            Int.random(in: 0..<100, using: &self.random) < percent
        }

        mutating func seconds(upTo most: Int) -> Duration {
            .milliseconds(Int.random(in: 0...(most * 1_000), using: &self.random))
        }

        mutating func steps(depth: Int = 0) -> [MemoryStep] {
            var steps: [MemoryStep] = []
            if self.chance(30) { steps.append(.ignore(.interrupt)) }
            if self.chance(30) { steps.append(.ignore(.terminate)) }
            for _ in 0..<Int.random(in: 0...8, using: &self.random) {
                if self.chance(70) { steps.append(.write("line\n")) }
                if self.chance(20), depth < 2 { steps.append(.start(self.steps(depth: depth + 1))) }
                steps.append(.wait(self.seconds(upTo: 120)))
            }
            let ends: [MemoryStep] = [.exit(0), .exit(2), .exit(1), .die(.abort), .pause]
            return steps + [ends.randomElement(using: &self.random) ?? .exit(0)]
        }

        mutating func trouble() -> FakeScheduler.Trouble {
            switch Int.random(in: 0..<4, using: &self.random) {
            case 0: .failure(TestFailure("away"))
            case 1: .silence
            case 2: .lostResponse
            default: .late(self.seconds(upTo: 60))
            }
        }

        mutating func configure(_ setup: inout JobSetup) {
            setup.configuration.inactivityTimeout = self.chance(80) ? .seconds(200) : .seconds(600)
            setup.configuration.deadline = self.chance(80) ? nil : .seconds(20)
            if self.chance(10) { setup.logError = TestFailure("no log") }
        }

        mutating func unsettle(_ scheduler: FakeScheduler) {
            for call in FakeScheduler.Call.allCases {
                let count = self.chance(50) ? Int.random(in: 0...6, using: &self.random) : 0
                scheduler.troubles[call] = (0..<count).map { _ in self.trouble() }
                if self.chance(30) { scheduler.lastingTroubles[call] = self.trouble() }
            }
        }

        /// Schedules interrupts and the deletion of the job.
        mutating func interfere(with scene: JobScene) {
            let monitor = scene.monitor
            let scheduler = scene.scheduler
            let jobID = scene.jobID
            for _ in 0..<(self.chance(30) ? Int.random(in: 1...3, using: &self.random) : 0) {
                scene.reactor.callLater(self.seconds(upTo: 150)) { [weak monitor] in
                    monitor?.interrupt(.terminate)
                }
            }
            if self.chance(10) {
                scene.reactor.callLater(self.seconds(upTo: 150)) { scheduler.delete(jobID) }
            }
        }
    }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func `a job ends once and in time, and never has two workers`(seed: UInt64) {
        var choices = RandomChoices(seed: seed)
        playJob(choices.steps(), configure: { choices.configure(&$0) }) { scene in
            choices.unsettle(scene.scheduler)
            choices.interfere(with: scene)
            scene.start()
            for _ in 0..<1_400 {
                scene.advance(by: .seconds(1))
                // Once another monitor may claim the job, the worker must be gone.
                if scene.scheduler.isStale(scene.jobID), let process = scene.reactor.processes.first
                {
                    #expect(process.isGone, "at \(scene.reactor.now)")
                }
            }
            self.check(scene)
        }
    }

    private func check(_ scene: JobScene) {
        #expect(scene.reactor.processes.first?.isGone != false)
        let result = scene.scheduler.results[scene.jobID]
        switch scene.delivery {
        case .delivered?:
            #expect(result == scene.report)
            #expect(scene.report?.isHandedBack == false)
        case .handedBack?:
            #expect(result == scene.report)
            #expect([.interrupted, .logFailed].contains(scene.report?.cause))
            #expect(scene.scheduler.pending.count == 1)
        case .jobGone?:
            // The job was deleted, or an earlier finish succeeded and its response was lost.
            #expect(result == nil || result == scene.report)
        case .lost?:
            #expect(result == nil || result == scene.report)
            #expect(!scene.messages.lines.isEmpty)
        case .spooled?, nil:
            Issue.record("\(String(describing: scene.delivery))")
        }
        self.checkReport(scene)
    }

    private func checkReport(_ scene: JobScene) {
        guard let report = scene.report else { return }
        let times = report.signalsSent.map(\.at)
        #expect(times == times.sorted())
        #expect(report.survivors == [])
        #expect(report.exitCode == nil || report.signal == nil)
        if report.cause == .exit { #expect(report.exitCode != nil) }
        if report.status.isSuccess { #expect(report.cause == .exit) }
        #expect(report.outputBytes <= report.logBytes)
    }
}

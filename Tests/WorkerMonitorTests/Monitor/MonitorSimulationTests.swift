// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// Whole jobs with random workers, random trouble of the scheduler and random interruptions.
///
/// A job that fails here can be run again by its seed.
@Suite struct `A job in any weather` {
    /// Everything that is random about a job.
    private struct Weather {
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
            case 2: .lostAnswer
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

        /// Lets others interfere at some time.
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
    func `ends once, in time, and never has two workers`(seed: UInt64) {
        var weather = Weather(seed: seed)
        playJob(weather.steps(), configure: { weather.configure(&$0) }) { scene in
            weather.unsettle(scene.scheduler)
            weather.interfere(with: scene)
            scene.start()
            for _ in 0..<1_400 {
                scene.advance(by: .seconds(1))
                // Whoever gets the job next must not meet our worker.
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
            #expect(scene.report?.cause != .interrupted)
        case .handedBack?:
            #expect(result == scene.report)
            #expect(scene.report?.cause == .interrupted)
            #expect(scene.scheduler.pending.count == 1)
        case .jobGone?:
            // Deleted, or told before with the answer lost.
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

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Reactor
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite(.timeLimit(.minutes(1))) struct `Slow assembly of a log` {
    /// A log whose assembly waits for a semaphore.
    private final class SlowLog: JobLogSink {
        let mayContinue = DispatchSemaphore(value: 0)
        var onEnd: () -> Void = {}

        let path: String? = "/logs/job.log"
        let outputBytes: Int64 = 0
        let logBytes: Int64 = 7

        func append(_ output: RawSpan) throws(JobLogError) {}

        func note(_ text: String) throws(JobLogError) {}

        func endWriting() -> (@Sendable () throws -> Int64)? {
            self.onEnd()
            return { [mayContinue] in mayContinue.wait(timeout: .now() + 20) == .success ? 42 : -1 }
        }
    }

    private func run(
        _ log: SlowLog,
        _ prepare: @escaping (CodeImportWorkerMonitor, LibevReactor) -> Void
    ) throws -> MonitorOutcome {
        let outcome = runOnLibev { reactor in
            let scheduler = FakeScheduler(reactor)
            var configuration = WorkerMonitorConfiguration()
            configuration.workerCommand = [testChild]
            let monitor = CodeImportWorkerMonitor(
                jobID: scheduler.claim(CodeImportJobData(arguments: ["exit:0"])),
                scheduler: scheduler,
                reactor: reactor,
                configuration: configuration,
                logger: RecordedLog().logger,
                makeLog: { _ in log }
            )
            prepare(monitor, reactor)
            return monitor.run()
        }
        return try #require(outcome).get()
    }

    @Test func `the assembly does not block the loop`() throws {
        let log = SlowLog()
        let outcome = try self.run(log) { _, reactor in
            log.onEnd = { reactor.callLater(.zero) { log.mayContinue.signal() } }
        }
        #expect(outcome.report.logBytes == 42)
        #expect(outcome.delivery == .delivered)
    }

    @Test
    func `a second interrupt leaves the assembly to the next run, and the result is delivered`()
        throws
    {
        let log = SlowLog()
        let outcome = try self.run(log) { monitor, reactor in
            log.onEnd = {
                reactor.callLater(.zero) {
                    monitor.interrupt(.interrupt)
                    monitor.interrupt(.interrupt)
                }
            }
        }
        log.mayContinue.signal()
        #expect(outcome.report.status == .success)
        #expect(outcome.report.logBytes == 7)
        #expect(outcome.delivery == .delivered)
    }

    @Test func `the assembly does not begin after a second interrupt`() throws {
        let log = SlowLog()
        let outcome = try self.run(log) { monitor, _ in
            log.onEnd = {
                monitor.interrupt(.interrupt)
                monitor.interrupt(.interrupt)
            }
        }
        #expect(outcome.report.logBytes == 7)
        #expect(outcome.delivery == .delivered)
    }
}

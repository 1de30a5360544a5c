// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// What ends a job otherwise than its worker's exit, and what the report says of it.
@Suite struct `A job that does not end by itself` {
    @Test func `is ended when its worker is silent for too long`() {
        playJob([.wait(.seconds(100)), .write("."), .pause]) { scene in
            scene.start()
            scene.advance(by: .seconds(4_000))
            #expect(scene.report?.cause == .inactivityTimeout)
            #expect(scene.report?.status == .failure)
            #expect(scene.sent == ["SIGINT to group at 3700.0"])
            #expect(scene.report?.signal == "SIGINT")
            #expect(scene.report?.duration == 3_700)
            #expect(scene.scheduler.results[scene.jobID] == scene.report)
        }
    }

    @Test func `is ended at its deadline`() {
        playJob([.pause], configure: { $0.configuration.deadline = .seconds(42) }) { scene in
            scene.start()
            scene.advance(by: .seconds(60))
            #expect(scene.report?.cause == .deadline)
            #expect(scene.sent == ["SIGINT to group at 42.0"])
            #expect(
                scene.outcome?.failure
                    == "The job ran for longer than its deadline of 42.0 seconds."
            )
        }
    }

    @Test func `is ended when its output cannot be logged`() {
        let log = MemoryJobLog()
        playJob([.wait(.seconds(5)), .write("lost\n"), .pause], configure: { $0.log = log }) {
            scene in
            scene.start()
            log.failure = JobLogError(.write, path: "job.log", errno: 28)
            scene.advance(by: .seconds(60))
            #expect(scene.report?.cause == .logFailed)
            #expect(scene.report?.status == .failure)
            #expect(scene.sent == ["SIGINT to group at 5.0"])
            #expect(scene.report?.tail == "lost\n")
            #expect(scene.report?.outputBytes == 0)
            #expect(scene.delivery == .delivered)
            #expect(scene.outcome?.failure?.contains("cannot be written") == true)
        }
    }

    @Test func `never starts when its log cannot be made`() {
        let error = JobLogError(.create, path: "job.log", errno: 13)
        playJob(configure: { $0.logError = error }) { scene in
            scene.start()
            #expect(scene.report?.cause == .logFailed)
            #expect(scene.outcome?.failure == "\(error)")
            #expect(scene.reactor.processes.isEmpty)
            #expect(scene.delivery == .delivered)
        }
    }

    // Whatever the maker of a log throws.
    @Test func `never starts when its log cannot be made, for whatever reason`() {
        playJob(configure: { $0.logError = TimeoutError(after: .seconds(1), "the log") }) { scene in
            scene.start()
            #expect(scene.report?.cause == .logFailed)
        }
    }

    @Test func `never starts when its program cannot be`() {
        let error = SpawnError(code: .cannotExecute, errno: 2, step: "execute", subject: "worker")
        playJob(configure: { $0.spawnError = error }) { scene in
            scene.start()
            #expect(scene.report?.cause == .spawnFailed)
            #expect(scene.report?.status == .failure)
            #expect(scene.outcome?.failure == "Cannot execute worker: No such file or directory.")
            #expect(scene.logText.contains("Failure: SpawnError: Cannot execute worker"))
            #expect(scene.delivery == .delivered)
            // No worker, no heartbeat, not even the last one.
            #expect(scene.scheduler.calls(.heartbeat).isEmpty)
            #expect(scene.report?.duration == 0)
        }
    }

    @Test func `of a worker that a signal ends is a failure with that signal`() {
        playJob([.wait(.seconds(2)), .die(.segmentationFault)]) { scene in
            scene.start()
            scene.advance(by: .seconds(2))
            #expect(scene.report?.cause == .signal)
            #expect(scene.report?.signal == "SIGSEGV")
            #expect(scene.report?.exitCode == nil)
            #expect(scene.sent.isEmpty)
        }
    }

    // Reference W12: the original dropped the exit status of a worker that it had stopped.
    @Test func `reports the exit code of a worker that it told to stop`() {
        playJob([.ignore(.interrupt), .wait(.seconds(3_602)), .exit(0)]) { scene in
            scene.start()
            scene.advance(by: .seconds(4_000))
            #expect(scene.report?.cause == .inactivityTimeout)
            #expect(scene.report?.exitCode == 0)
            #expect(scene.report?.signal == nil)
            #expect(scene.report?.status == .failure)
        }
    }

    @Test func `maps exit codes by the table of the configuration`() {
        playJob([.exit(2)], configure: { $0.configuration.exitCodes = .plain }) { scene in
            scene.start()
            #expect(scene.report?.status == .failure)
            #expect(scene.report?.exitCode == 2)
        }
    }

    // MARK: - What is left of the worker

    @Test func `has what the worker left in its group ended in stages, and says so`() {
        playJob([.ignore(.hangup), .start([.ignore(.terminate), .pause]), .exit(0)]) { scene in
            scene.start()
            scene.advance(by: .seconds(10))
            #expect(scene.report?.status == .success)
            // A second to drain, a second to act on the SIGTERM.
            #expect(scene.sent == ["SIGTERM to group at 1.0", "SIGKILL to group at 2.0"])
            #expect(scene.reactor.processes[0].isGone)
            #expect(scene.report?.survivors == [])
        }
    }

    @Test func `has one record of the signals of both sides, in order`() {
        playJob([
            .ignore(.hangup), .start([.ignore(.interrupt), .ignore(.terminate), .pause]), .pause,
        ]) { scene in
            scene.start()
            scene.advance(by: .seconds(10))
            scene.monitor.interrupt(.terminate)
            scene.advance(by: .seconds(10))
            #expect(scene.sent == ["SIGINT to group at 10.0", "SIGKILL to group at 15.0"])
            #expect(scene.report?.signal == "SIGINT")
        }
    }

    @Test func `says that others still had the output open`() {
        playJob([.startDetached([.wait(.seconds(60)), .write("too late")]), .exit(0)]) { scene in
            scene.start()
            scene.advance(by: .seconds(60))
            #expect(scene.report?.status == .success)
            #expect(scene.report?.cutOff == true)
            #expect(scene.report?.outputBytes == 0)
        }
    }

    @Test func `keeps what others write in time`() {
        playJob([
            .ignore(.hangup), .start([.wait(.milliseconds(500)), .write("in time\n")]), .exit(0),
        ]) { scene in
            scene.start()
            scene.advance(by: .seconds(10))
            #expect(scene.report?.cutOff == false)
            #expect(scene.report?.tail == "in time\n")
            #expect(scene.logText == "in time\n")
        }
    }

    // No scripted child survives SIGKILL, so the end is told by hand.
    @Test func `names whom nothing could end`() throws {
        let clock = MemoryReactor()
        let scheduler = FakeScheduler(clock)
        let stage = SurvivorStage()
        let monitor = CodeImportWorkerMonitor(
            jobID: scheduler.claim(CodeImportJobData(arguments: ["worker"])),
            scheduler: scheduler,
            reactor: stage.reactor(clock),
            configuration: WorkerMonitorConfiguration(),
            logger: RecordedLog().logger,
            makeLog: { _ in stage.log }
        )
        var report: JobReport?
        monitor.run().whenFired { report = try? $0.get().report }
        stage.connect(clock)
        stage.end(survivors: [ProcessSurvivor(pid: 4711, command: "rsync", state: "D")])
        #expect(report?.survivors == [JobReport.Survivor(pid: 4711, command: "rsync", state: "D")])
        #expect(stage.log.text.contains("Still alive: 4711 (rsync, state D)\n"))
    }
}

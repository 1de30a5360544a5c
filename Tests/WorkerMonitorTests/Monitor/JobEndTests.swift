// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// The ways in which a job ends, and their reports.
@Suite struct `End of a job` {
    @Test func `a worker that is silent for too long is ended`() {
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

    @Test func `a worker that exceeds its deadline is ended`() {
        playJob([.pause], configure: { $0.configuration.deadline = .seconds(42) }) { scene in
            scene.start()
            scene.advance(by: .seconds(60))
            #expect(scene.report?.cause == .deadline)
            #expect(scene.sent == ["SIGINT to group at 42.0"])
            #expect(
                scene.outcome?.failure
                    == "The job ran longer than its deadline of 42.0 seconds."
            )
        }
    }

    @Test func `a worker whose output cannot be logged is ended`() {
        let log = MemoryJobLog()
        playJob([.wait(.seconds(5)), .write("lost\n"), .pause], configure: { $0.log = log }) {
            scene in
            scene.start()
            log.failure = JobLogError(.write, path: "job.log", errno: 28)
            scene.advance(by: .seconds(60))
            #expect(scene.report?.cause == .logFailed)
            #expect(scene.report?.status == .internalFailure)
            #expect(scene.sent == ["SIGINT to group at 5.0"])
            #expect(scene.report?.tail == "lost\n")
            #expect(scene.report?.outputBytes == 0)
            #expect(scene.delivery == .handedBack)
            #expect(scene.outcome?.failure?.contains("cannot be written") == true)
        }
    }

    @Test func `a worker is not started if its log cannot be created`() {
        let error = JobLogError(.create, path: "job.log", errno: 13)
        playJob(configure: { $0.logError = error }) { scene in
            scene.start()
            #expect(scene.report?.cause == .logFailed)
            #expect(scene.outcome?.failure == "\(error)")
            #expect(scene.reactor.processes.isEmpty)
            #expect(scene.delivery == .handedBack)
        }
    }

    @Test func `an error of a log has the cause log_failed, whatever its type`() {
        playJob(configure: { $0.logError = TimeoutError(after: .seconds(1), "the log") }) { scene in
            scene.start()
            #expect(scene.report?.cause == .logFailed)
        }
    }

    @Test func `a program that cannot be started is reported with the reason`() {
        let error = SpawnError(code: .cannotExecute, errno: 2, step: "execute", subject: "worker")
        playJob(configure: { $0.spawnError = error }) { scene in
            scene.start()
            #expect(scene.report?.cause == .spawnFailed)
            #expect(scene.report?.status == .internalFailure)
            #expect(scene.outcome?.failure == "Cannot execute worker: No such file or directory.")
            #expect(scene.logText.contains("Failure: SpawnError: Cannot execute worker"))
            #expect(scene.delivery == .handedBack)
            // Without a worker, not even the last heartbeat is sent.
            #expect(scene.scheduler.calls(.heartbeat).isEmpty)
            #expect(scene.report?.duration == 0)
        }
    }

    @Test func `a worker that dies from a signal has failed, and the signal is reported`() {
        playJob([.wait(.seconds(2)), .die(.segmentationFault)]) { scene in
            scene.start()
            scene.advance(by: .seconds(2))
            #expect(scene.report?.cause == .signal)
            #expect(scene.report?.signal == "SIGSEGV")
            #expect(scene.report?.exitCode == nil)
            #expect(scene.sent.isEmpty)
        }
    }

    // Launchpad's monitor discarded the exit status of a worker that it had stopped.
    @Test func `the exit code of a worker that was stopped is reported`() {
        playJob([.ignore(.interrupt), .wait(.seconds(3_602)), .exit(0)]) { scene in
            scene.start()
            scene.advance(by: .seconds(4_000))
            #expect(scene.report?.cause == .inactivityTimeout)
            #expect(scene.report?.exitCode == 0)
            #expect(scene.report?.signal == nil)
            #expect(scene.report?.status == .failure)
        }
    }

    @Test func `the configured table maps the exit code to a status`() {
        playJob([.exit(2)], configure: { $0.configuration.exitCodes = .plain }) { scene in
            scene.start()
            #expect(scene.report?.status == .failure)
            #expect(scene.report?.exitCode == 2)
        }
    }

    // MARK: - Descendants of the worker

    @Test func `descendants in the process group are ended in stages and reported`() {
        playJob([.ignore(.hangup), .start([.ignore(.terminate), .pause]), .exit(0)]) { scene in
            scene.start()
            scene.advance(by: .seconds(10))
            #expect(scene.report?.status == .success)
            // The drain takes one second, and the wait after SIGTERM another one.
            #expect(scene.sent == ["SIGTERM to group at 1.0", "SIGKILL to group at 2.0"])
            #expect(scene.reactor.processes[0].isGone)
            #expect(scene.report?.survivors == [])
        }
    }

    @Test func `the signals of the protocol and of the exit policy form one list in order`() {
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

    @Test func `output that was still open when it was closed is reported as cut off`() {
        playJob([.startDetached([.wait(.seconds(60)), .write("too late")]), .exit(0)]) { scene in
            scene.start()
            scene.advance(by: .seconds(60))
            #expect(scene.report?.status == .success)
            #expect(scene.report?.cutOff == true)
            #expect(scene.report?.outputBytes == 0)
        }
    }

    @Test func `output of a descendant within the drain time is kept`() {
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

    // No process of the memory reactor survives SIGKILL, so the test reports the end itself.
    @Test func `a process that survives SIGKILL is named in the report and in the log`() throws {
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

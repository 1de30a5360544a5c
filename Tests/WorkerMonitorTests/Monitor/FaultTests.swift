// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Faults of a job` {
    @Test func `a fault of the machine hands the job back and is not saved in the spool`() {
        playJob([.exit(71)], configure: { $0.spool = ReportSpool(folder: "/nowhere") }) { scene in
            scene.start()
            #expect(scene.delivery == .handedBack)
            #expect(scene.report?.fault == .machine)
            #expect(scene.report?.status == .internalFailure)
            #expect(scene.scheduler.pending.count == 1)
            #expect(scene.scheduler.calls(.finish).isEmpty)
        }
    }

    @Test func `a fault of the host is a result of its own`() {
        playJob([.exit(75)]) { scene in
            scene.start()
            #expect(scene.delivery == .delivered)
            #expect(scene.report?.fault == .host)
            #expect(scene.report?.status == .failureTemporary)
        }
    }

    @Test(arguments: [Int32(71), 75])
    func `a plain command has no fault, whatever its exit code`(code: Int32) {
        playJob([.exit(code)], configure: { $0.configuration.exitCodes = .plain }) { scene in
            scene.start()
            #expect(scene.delivery == .delivered)
            #expect(scene.report?.status == .failure)
            #expect(scene.report?.fault == nil)
        }
    }

    @Test func `a fault of the machine that cannot be handed back is lost`() {
        playJob([.exit(71)], configure: { $0.spool = ReportSpool(folder: "/nowhere") }) { scene in
            scene.scheduler.lastingTroubles[.handBack] = .failure(TestFailure("away"))
            scene.start()
            scene.advance(by: .seconds(100))
            #expect(scene.delivery == .lost(reason: "away"))
        }
    }
}

/// Workers that explain their failure in the file that the monitor names.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Details of a failure` {
    /// Runs a shell script as a worker, and returns the report.
    private func report(
        _ script: String,
        configure: (inout WorkerMonitorConfiguration) -> Void = { _ in }
    ) throws -> JobReport {
        var configuration = WorkerMonitorConfiguration()
        configuration.drain = .milliseconds(100)
        configure(&configuration)
        let descriptors = try self.openDescriptors()
        let outcome = runOnLibev { reactor in
            let scheduler = FakeScheduler(reactor)
            let data = CodeImportJobData(arguments: ["sh", "-c", script])
            let monitor = CodeImportWorkerMonitor(
                jobID: scheduler.claim(data),
                scheduler: scheduler,
                reactor: reactor,
                configuration: configuration,
                logger: RecordedLog().logger,
                makeLog: { _ in MemoryJobLog() }
            )
            return monitor.run()
        }
        #expect(try self.openDescriptors() == descriptors)
        return try #require(outcome).get().report
    }

    private func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }

    private static let line = #"{"retry_after": 90, "sentence": "The host is busy."}"#

    @Test(arguments: [true, false])
    func `the wait and the sentence of a worker are in the report`(pipes: Bool) throws {
        let script = "echo '\(Self.line)' > \"$IMPORT_RESULT_FILE\"; exit 75"
        let report = try self.report(
            script,
            configure: { $0.streams = pipes ? .pipes : .outputTerminal }
        )
        #expect(report.retryAfter == 90)
        #expect(report.reason == "The host is busy.")
    }

    @Test func `a worker that explains nothing has its exit code as the reason`() throws {
        let report = try self.report("exit 75")
        #expect(report.retryAfter == nil)
        #expect(report.reason == "The process exited with code 75.")
    }

    @Test(arguments: [
        "echo nonsense", "echo '[1]'", "echo '{\"retry_after\": \"soon\"}'",
        "head -c 1000000 /dev/zero", "head -c 1000000 /dev/urandom",
        "{ echo; echo '\(Self.line)'; }", "printf '\\377\\376'",
    ])
    func `content that is no result is ignored`(command: String) throws {
        let report = try self.report("\(command) > \"$IMPORT_RESULT_FILE\"; exit 75")
        #expect(report.fault == .host)
        #expect(report.retryAfter == nil)
        #expect(report.reason == "The process exited with code 75.")
    }

    @Test(arguments: [(-5, 0), (0, 0), (86_400, 86_400), (315_360_000, 86_400)])
    func `a wait is limited to the time from 0 to one day`(told: Int, used: Int) throws {
        let json = #"{"retry_after": \#(told)}"#
        let report = try self.report("echo '\(json)' > \"$IMPORT_RESULT_FILE\"; exit 75")
        #expect(report.retryAfter == used)
    }

    @Test func `the sentence of a worker is one short line without secrets`() throws {
        let secret = "https://user:hunter2@example.org/x"
        let script = """
            s=$(head -c 3000 /dev/zero | tr '\\0' a)
            printf '{"sentence": "Bad \\\\u001b[31m \(secret) %s"}' "$s" > "$IMPORT_RESULT_FILE"
            exit 4
            """
        let reason = try #require(try self.report(script).reason)
        #expect(reason.hasPrefix("Bad [31m https://***@example.org/x aaa"))
        #expect(reason.utf8.count < 1100)
    }

    @Test func `a descendant that keeps the file open does not delay the end`() throws {
        let start = ContinuousClock.now
        let report = try self.report(
            "(exec sleep 300) 3> \"$IMPORT_RESULT_FILE\" > /dev/null 2>&1 & exit 4",
            configure: { $0.streams = .pipes }
        )
        #expect(report.fault == .source)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `a plain command gets no such file, and no file of an outer monitor`() throws {
        setenv("IMPORT_RESULT_FILE", "/outer", 1)
        defer { unsetenv("IMPORT_RESULT_FILE") }
        let report = try self.report(
            "test -z \"$IMPORT_RESULT_FILE$IMPORT_INACTIVITY_TIMEOUT\"",
            configure: { $0.exitCodes = .plain }
        )
        #expect(report.status == .success)
    }

    @Test func `an import gets the inactivity timeout of its monitor`() throws {
        let report = try self.report(
            "test \"$IMPORT_INACTIVITY_TIMEOUT\" = 90.5",
            configure: { $0.inactivityTimeout = .seconds(90.5) }
        )
        #expect(report.status == .success)
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Reactor
import TestSupport
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct `Interrupted monitor` {
        /// The signals that end a job in order: those of terminals, shells and service managers,
        /// and those of timers, resource limits, power supplies and batch systems.
        private static let ending =
            [
                SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF,
                SIGXCPU, SIGPWR, SIGIO, SIGSTKFLT, 34, 35, 50, 64,
            ].map(Signal.init(rawValue:))

        @Test(arguments: Self.ending)
        func `a signal to the monitor stops the worker and hands the job back`(_ signal: Signal)
            throws
        {
            let workplace = Workplace()
            let arguments = ["run", "--json", "--", testChild, "line:started", "pause"]
            let result = try Program(workplace: workplace).monitor(
                arguments,
                whenOutput: ("started", signal)
            )
            let report = try result.report()
            #expect(result.exit == .exited(code: 75))
            #expect(report.cause == .interrupted)
            #expect(report.signal == "SIGINT")
            #expect(result.err.contains("The monitor was interrupted by \(signal)."))
            #expect(!result.err.contains("Backtrac"))
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test(
            arguments: [
                SIGPIPE, SIGXFSZ, SIGTTOU, SIGCHLD, SIGCONT, SIGURG, SIGWINCH, 32, 33,
            ].map(Signal.init(rawValue:))
        )
        func `a signal that is ignored on purpose does not change the job`(_ signal: Signal) throws
        {
            let result = try Program(workplace: Workplace()).monitor(
                ["run", "--json", "--", testChild, "line:started", "wait:200", "exit:0"],
                whenOutput: ("started", signal)
            )
            #expect(result.exit == .exited(code: 0))
            #expect(try result.report().status == .success)
        }

        @Test(arguments: [SIGHUP, SIGUSR1, SIGALRM, 40].map(Signal.init(rawValue:)))
        func `a signal that was ignored when the monitor started stays ignored`(_ signal: Signal)
            throws
        {
            let workplace = Workplace()
            let script = """
                exec "$TEST_CHILD" ignore:\(signal.rawValue) "exec:exec '$MONITOR' run --json \
                --store '$STORE' -- sh -c 'kill -\(signal.rawValue) \\$PPID; sleep 0.2'"
                """
            let result = try Program(workplace: workplace).shell(script, ["TEST_CHILD": testChild])
            #expect(try result.report().status == .success)
        }

        @Test(arguments: [SIGTERM, SIGINT, SIGQUIT].map(Signal.init(rawValue:)))
        func `a signal that was blocked when the monitor started ends the job`(_ signal: Signal)
            throws
        {
            let script = """
                exec "$TEST_CHILD" block:\(signal.rawValue) "exec:exec '$MONITOR' run --json \
                --store '$STORE' -- sh -c 'kill -\(signal.rawValue) \\$PPID; sleep 30'"
                """
            let result = try Program(workplace: Workplace()).shell(
                script,
                ["TEST_CHILD": testChild]
            )
            #expect(result.exit == .exited(code: 75))
            #expect(try result.report().cause == .interrupted)
        }

        @Test func `a worker starts with default actions and an empty mask whatever is inherited`()
            throws
        {
            let set = (1...64).filter { ![9, 19, 32, 33].contains($0) }
                .map { "ignore:\($0) block:\($0)" }.joined(separator: " ")
            let script = """
                exec "$TEST_CHILD" \(set) "exec:exec '$MONITOR' run --json --store '$STORE' -- \
                '$TEST_CHILD' status:Sig exit:7"
                """
            let result = try Program(workplace: Workplace()).shell(
                script,
                ["TEST_CHILD": testChild]
            )
            let report = try result.report()
            // SIGCHLD was ignored, and the exit code is known nevertheless.
            #expect(report.exitCode == 7)
            for name in ["SigBlk", "SigIgn"] {
                #expect(report.tail.contains("\(name):\t0000000000000000"))
            }
        }

        @Test func `a group that ignores signals is killed when the monitor is terminated`() throws
        {
            let workplace = Workplace()
            let arguments = [
                "run", "--json", "--kill-after", "0.3", "--", testChild, "ignore:1",
                "ignore:2",
                "ignore:15", "child:pause", "line:started", "pause",
            ]
            let result = try Program(workplace: workplace).monitor(
                arguments,
                whenOutput: ("started", .terminate)
            )
            let report = try result.report()
            #expect(result.exit == .exited(code: 75))
            #expect(report.signal == "SIGKILL")
            #expect(report.survivors.isEmpty)
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test
        func `a killed monitor takes its worker along and leaves the log on disk`()
            throws
        {
            let workplace = Workplace()
            let arguments = [
                "run", "--json", "--", testChild, "ignore:2", "line:started", "pause",
            ]
            let result = try Program(workplace: workplace).monitor(
                arguments,
                whenOutput: ("started", .kill)
            )
            #expect(result.exit.signal == .kill)
            // The kernel kills the worker when the monitor dies. The test waits for its end.
            let end = ContinuousClock.now + .seconds(10)
            while !workplace.processesLeft.isEmpty, ContinuousClock.now < end { sched_yield() }
            #expect(workplace.processesLeft.isEmpty)
            let logs = try FileManager.default.contentsOfDirectory(atPath: workplace.path("logs"))
            #expect(
                logs.contains { workplace.read(workplace.path("logs/\($0)")).contains("started") }
            )
        }

        // The kernel clears the death signal of a set-user-ID program (prctl(2), PR_SET_PDEATHSIG).
        @Test(.enabled(if: geteuid() == 0, "only root can give a file to another user"))
        func `a set-user-ID worker with a terminal dies with its monitor`() throws {
            let workplace = Workplace()
            let worker = workplace.path("worker")
            try FileManager.default.copyItem(atPath: testChild, toPath: worker)
            #expect(chown(worker, 65534, 65534) == 0)
            #expect(chmod(worker, 0o4755) == 0)
            let result = try Program(workplace: workplace).monitor(
                ["run", "--json", "--terminal", "--", worker, "line:started", "pause"],
                whenOutput: ("started", .kill)
            )
            #expect(result.exit.signal == .kill)
            let end = ContinuousClock.now + .seconds(10)
            while !workplace.processesLeft.isEmpty, ContinuousClock.now < end { sched_yield() }
            #expect(workplace.processesLeft.isEmpty)
        }
    }
}

extension ProgramSuite {
    /// A monitor that is suspended with SIGSTOP for longer than a limit, and then resumed.
    @Suite struct `Suspended monitor` {
        @Test(arguments: [[], ["--pipes"]])
        func `output written while the monitor is suspended counts as activity`(_ options: [String])
            throws
        {
            let script = """
                kill -STOP $PPID
                for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.1; done
                kill -CONT $PPID
                sleep 0.2
                """
            let result = try Program(workplace: Workplace()).monitor(
                ["run", "--json", "--inactivity-timeout", "0.5"] + options
                    + ["--", "sh", "-c", script]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.outputBytes == 21)
            #expect(report.signalsSent.isEmpty)
        }

        @Test(
            arguments: [SIGTERM, SIGQUIT, SIGUSR1].map(Signal.init(rawValue:)),
            [[], ["--pipes"], ["--terminal"]]
        )
        func `a worker that ends before a signal arrives keeps its result`(
            signal: Signal,
            options: [String]
        ) throws {
            let number = signal.rawValue
            // On a controlling terminal, the exit of the worker sends SIGHUP to its
            // other processes.
            let script = """
                trap '' HUP
                sleep 0.3
                setsid sh -c "sleep 0.5; kill -\(number) $PPID; kill -CONT $PPID" \
                >/dev/null 2>&1 </dev/null &
                kill -STOP $PPID
                """
            let result = try Program(workplace: Workplace()).monitor(
                ["run", "--json"] + options + ["--", "sh", "-c", script]
            )
            let report = try result.report()
            #expect(result.exit == .exited(code: 0))
            #expect(report.status == .success)
            #expect(report.cause == .exit)
        }

        @Test(arguments: [["--inactivity-timeout", "0.5"], ["--deadline", "0.5"]])
        func `a worker that ends while the monitor is suspended keeps its result`(_ limit: [String])
            throws
        {
            let script = """
                kill -STOP $PPID
                setsid sh -c "sleep 1; kill -CONT $PPID" >/dev/null 2>&1 </dev/null &
                sleep 0.2
                """
            let result = try Program(workplace: Workplace()).monitor(
                ["run", "--json"] + limit + ["--", "sh", "-c", script]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.cause == .exit)
            #expect(report.exitCode == 0)
        }
    }
}

#endif

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// The options for the output of a job and for the exit code.
    @Suite struct `Options for output` {
        private let workplace = Workplace()

        private func run(_ options: [String], _ script: String) throws -> ProgramResult {
            try Program(workplace: self.workplace).monitor(
                ["run"] + options + ["--", "sh", "-c", script]
            )
        }

        private func shell(_ script: String) throws -> ProgramResult {
            try Program(workplace: self.workplace).shell(script, ["W": self.workplace.folder])
        }

        // MARK: - The exit code

        @Test(
            arguments: [
                ("exit 7", 7), ("exit 0", 0), ("exit 255", 255), ("kill -9 $$", 137),
                ("kill -15 $$", 143), ("exec /no/such", 127),
            ] as [(String, Int32)]
        )
        func `the exit code of the command is passed on`(script: String, code: Int32) throws {
            #expect(try self.run(["--pass-exit-code"], script).exit == .exited(code: code))
        }

        @Test(
            arguments: [
                ("/no/such", 127), ("nonesuch-program", 127), ("/etc/passwd", 126),
            ] as [(String, Int32)]
        )
        func `a command that cannot be started has the exit code of a shell`(
            command: String,
            code: Int32
        ) throws {
            let result = try Program(workplace: self.workplace).monitor(
                ["run", "--pass-exit-code", "--", command]
            )
            #expect(result.exit == .exited(code: code))
        }

        @Test(arguments: ["--inactivity-timeout", "--deadline"])
        func `a time limit has the exit code of timeout(1)`(option: String) throws {
            let result = try self.run(["--pass-exit-code", option, "0.2"], "exec sleep 100")
            #expect(result.exit == .exited(code: 124))
        }

        @Test func `a success does not hide that the result was not stored`() throws {
            let script = #"rm "$STORE"*; exit "#
            for (code, expected) in [(0, 69), (3, 3)] as [(Int, Int32)] {
                let result = try self.shell(
                    #""$MONITOR" run --pass-exit-code --store "$STORE" -- sh -c '\#(script)\#(code)'"#
                )
                #expect(result.exit == .exited(code: expected))
            }
        }

        @Test func `an interrupted job has the exit code 75, whatever its command does`() throws {
            let script = "trap 'exit 9' INT; echo started; while :; do sleep 0.05; done"
            let result = try Program(workplace: self.workplace).monitor(
                ["run", "--pass-exit-code", "--", "sh", "-c", script],
                whenOutput: ("started", .terminate)
            )
            #expect(result.exit == .exited(code: 75))
        }

        // MARK: - Quiet

        @Test func `a quiet failure shows the last lines of the output, without controls`() throws {
            let script = #"seq 100; printf '\033[31mred\342\200\256\007\n'; exit 3"#
            let result = try self.run(["--quiet"], script)
            #expect(result.out == "")
            let lines = result.err.split(separator: "\n").map(String.init)
            #expect(lines.first == "worker-monitor: The process exited with code 3.")
            #expect(lines[1].contains("logs/job-1.log"))
            #expect(lines.dropFirst(2) == ((82...100).map { "    \($0)" } + ["    red"])[...])
        }

        @Test func `a quiet success prints nothing, and a silent failure says so`() throws {
            let success = try self.run(["--quiet"], "echo output")
            #expect(success.out + success.err == "")
            let failure = try self.run(["--quiet"], "exit 1")
            #expect(failure.err.hasSuffix("The job wrote no output.\n"))
        }

        // MARK: - Timestamps

        @Test func `the log has the time in front of each line, and the tail has not`() throws {
            let result = try self.run(["--timestamps", "--json"], "echo one; echo two")
            let report = try result.report()
            #expect(report.tail == "one\ntwo\n")
            #expect(report.outputBytes == 8)
            let lines = self.workplace.read(report.logPath ?? "").split(separator: "\n")
            let time = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /#
            #expect(lines.map { $0.trimmingPrefix(time) } == ["one", "two"])
            #expect(lines.allSatisfy { $0.prefixMatch(of: time) != nil })
            #expect(report.logBytes == 8 + 2 * 25)
        }

        // MARK: - Output on standard output

        @Test func `live output reaches standard output unchanged, and the record does not`() throws
        {
            let script = #"printf 'a\0\033[2J\377\r\nb'; exit 2"#
            let result = try self.run(["--output", "live", "--json"], script)
            #expect(result.out.hasPrefix("a\0\u{1B}[2J"))
            #expect(result.out.hasSuffix("\r\nb"))
            let record = try #require(result.err.split(separator: "\n").last)
            let report = try JSONDecoder().decode(JobReport.self, from: Data(record.utf8))
            #expect(report.exitCode == 2)
            #expect(report.outputBytes == 10)
        }

        @Test func `live output appears while the job runs`() throws {
            let result = try self.shell(
                #"""
                "$MONITOR" run --quiet --output live --store "$STORE" -- \
                    sh -c 'echo first; while [ ! -e "$W/go" ]; do sleep 0.01; done; echo second' |
                    while read line; do echo "got $line"; touch "$W/go"; done
                """#
            )
            #expect(result.out == "got first\ngot second\n")
        }

        @Test func `a reader that stops early ends neither the job nor its record`() throws {
            let result = try self.shell(
                #"""
                { "$MONITOR" run --json --pass-exit-code --output live --store "$STORE" -- \
                    sh -c 'yes | head -c 3000000; echo end; exit 4' 2>"$W/err"; echo $? >"$W/code"; } |
                    head -n 1; cat "$W/code"; tail -n 1 "$W/err"
                """#
            )
            #expect(result.out.hasPrefix("y\n4\n{"))
            let report = try result.report()
            #expect(report.outputBytes == 3_000_004)
            #expect(report.tail.hasSuffix("y\nend\n"))
        }

        @Test func `a reader that pauses pauses the job, but neither heartbeats nor time limits`()
            throws
        {
            // The reader waits until the store was written to often enough. While the job is
            // blocked, only its heartbeats write to it.
            let result = try self.shell(
                #"""
                "$MONITOR" run --json --output live --heartbeat-interval 0.1 \
                    --inactivity-timeout 0.5 --store "$STORE" -- \
                    sh -c 'head -c 20000000 /dev/zero; exit 3' 2>"$W/err" |
                { for i in $(seq 20); do
                      old=$(stat -c %y "$STORE-wal" 2>&1)
                      while [ "$(stat -c %y "$STORE-wal" 2>&1)" = "$old" ]; do sleep 0.02; done
                  done; wc -c; }; tail -n 1 "$W/err"
                """#
            )
            #expect(result.out.hasPrefix("20000000\n"), "\(result.out.prefix(200)) \(result.err)")
            let report = try result.report()
            #expect(report.cause == .exit)
            #expect(report.exitCode == 3)
            #expect(report.heartbeats >= 10)
        }

        @Test func `a signal ends a live job whose reader has stopped for good`() throws {
            let result = try self.shell(
                #"""
                { "$MONITOR" run --json --output live --store "$STORE" -- \
                    sh -c 'echo $PPID >"$W/pid"; head -c 9000000 /dev/zero; sleep 100' 2>"$W/err"
                  echo $? >"$W/code"; } |
                { while [ ! -s "$W/pid" ]; do sleep 0.02; done; kill -TERM $(cat "$W/pid")
                  while [ ! -s "$W/code" ]; do sleep 0.02; done; cat "$W/code"; }
                """#
            )
            #expect(result.out == "75\n")
        }

        @Test func `a full standard output is reported with exit code 74`() throws {
            let result = try self.shell(
                #""$MONITOR" run --quiet --output live --store "$STORE" -- echo x >/dev/full"#
            )
            #expect(result.exit == .exited(code: 74))
            #expect(result.err.contains("No space left on device. It is in "), "\(result.err)")
        }

        @Test func `a closed standard output is reported with exit code 74`() throws {
            for mode in ["live", "failed"] {
                let result = try self.shell(
                    #""$MONITOR" run --quiet --output \#(mode) --store "$STORE" -- "#
                        + #"sh -c 'echo x; exit 1' >&-"#
                )
                #expect(result.exit == .exited(code: 74))
                #expect(result.err.contains("Bad file descriptor"), "\(result.err)")
            }
        }

        @Test(arguments: ["live", "failed"])
        func `the output of an import reaches standard output, too`(mode: String) throws {
            let result = try Program(workplace: self.workplace).monitor(
                [
                    "import", "git", "--output", mode, "--json", "--",
                    self.workplace.path("nonesuch"),
                ]
            )
            #expect(result.exit == .exited(code: 1))
            #expect(result.out.contains("nonesuch"))
            #expect(!result.out.contains("Import failed"))
            #expect(result.err.hasSuffix("}\n"))
        }

        @Test func `all output of a failed job is printed, and none of a successful one`() throws {
            let success = try self.run(["--output", "failed"], "echo output")
            #expect(success.out == "")
            #expect(success.err.contains("status      SUCCESS"))
            let failure = try self.run(["--output", "failed", "--quiet"], "seq 50; exit 1")
            #expect(failure.out == (1...50).map { "\($0)\n" }.joined())
            #expect(
                failure.err == "worker-monitor: The process exited with code 1. Its last line: 50\n"
            )
        }

        @Test func `the output of a failed job that exceeds its log has a cut in the middle`()
            throws
        {
            let script = "echo begin; head -c 70000000 /dev/zero | tr '\\0' a; echo end; exit 1"
            let result = try self.shell(
                #"""
                "$MONITOR" run --quiet --output failed --store "$STORE" -- \#
                sh -c "\#(script)" >"$W/out"; head -c 6 "$W/out"; tail -c 5 "$W/out"
                grep -c 'bytes) cut ...' "$W/out"
                """#
            )
            #expect(result.out == "begin\naend\n1\n")
        }

        // MARK: - Resources

        @Test func `the record has the processor time and the peak of the memory`() throws {
            let script =
                "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; "
                + "dd if=/dev/zero of=/dev/null bs=100M count=1"
            let report = try self.run(["--json"], script).report()
            #expect(try #require(report.cpuUser) > 0.01)
            #expect(try #require(report.cpuSystem) >= 0)
            #expect(try #require(report.peakMemoryBytes) > 100_000_000)
            #expect(report.oomKills == 0 || report.oomKills == nil)
            let table = try self.run([], "true").out
            #expect(table.contains("\ncpu time    "))
            #expect(table.contains("\npeak memory "))
        }

        /// A memory control group of version 1 or 2 in which a program may use 100 MiB.
        private static let limitedGroup = """
            G=/sys/fs/cgroup/memory/worker-monitor-$$; V2=/sys/fs/cgroup/worker-monitor-$$
            if mkdir $G 2>/dev/null && echo 100M >$G/memory.limit_in_bytes; then :
            elif G=$V2; mkdir $G 2>/dev/null && echo 100M >$G/memory.max; then
                echo 0 >$G/memory.swap.max 2>/dev/null
            else rmdir $G $V2 2>/dev/null; exit 99; fi
            """
        private static let canLimitMemory =
            (try? Program(workplace: Workplace()).shell("\(limitedGroup)\nrmdir $G"))?.exit
            == .exited(code: 0)

        // The worker of an import is not the one to blame, so the import is handed back.
        @Test(
            .enabled(if: canLimitMemory, "needs the right to create a memory control group"),
            arguments: [("plain", #""fault":null"#), ("import", #""fault":"machine""#)]
        )
        func `an out-of-memory kill is named as the cause`(table: String, fault: String) throws {
            let result = try self.shell(
                """
                \(Self.limitedGroup)
                sh -c 'echo $$ >'$G'/cgroup.procs
                "$MONITOR" run --json --pass-exit-code --store "$STORE" \
                    --exit-codes \(table) -- dd if=/dev/zero of=/dev/null bs=900M count=1'
                echo $?; rmdir $G
                """
            )
            #expect(result.out.hasSuffix("\n137\n"))
            #expect(result.out.contains(#""cause":"out_of_memory""#), "\(result.out)")
            #expect(result.out.contains(fault), "\(result.out)")
            #expect(result.err.contains("because memory ran out"), "\(result.err)")
        }
    }
}

#endif

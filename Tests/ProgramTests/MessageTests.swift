// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// Secrets in messages, and a standard error or a signal that could disturb the monitor.
    @Suite struct `Messages and disturbances` {
        @Test(arguments: [
            "http://user:s3cret@127.0.0.1:1/x", "https://s3cret@127.0.0.1:1/x",
            "ssh://user:s3cret@127.0.0.1:1/x", "ftp://user:s3cret@host/x",
            "http://127.0.0.1:1/x?token=s3cret", "http://127.0.0.1:1/x?ref=main&s3cret",
        ])
        func `a secret in a URL appears in no message, log or file name`(
            _ url: String
        ) throws {
            let workplace = Workplace()
            let result = try Program(workplace: workplace).monitor(["import", "git", "--json", url])
            #expect(!result.err.contains("s3cret"))
            #expect(!result.out.contains("s3cret"))
            #expect(result.err.contains("***"))
            for name in FileManager.default.subpaths(atPath: workplace.folder) ?? [] {
                #expect(!name.contains("s3cret"))
                if name.hasSuffix(".log") {
                    #expect(!workplace.read(workplace.path(name)).contains("s3cret"))
                }
            }
        }

        @Test func `a secret in a URL of a command is masked in the line that announces the job`()
            throws
        {
            let result = try Program(workplace: Workplace()).monitor([
                "run", "--json", "--", "true", "--from=https://u:s3cret@h/x?key=s3cret",
            ])
            #expect(result.err.hasPrefix("job 1: true '--from=https://***@h/x?key=***'\n"))
        }

        @Test(arguments: [
            ["import", "git", "--json", "http://h", "https://u:s3cret@h/x?key=s3cret"],
            ["run", "--json", "--", "https://u:s3cret@h/x?key=s3cret"],
        ])
        func `a secret in a URL is masked in messages about wrong arguments`(_ arguments: [String])
            throws
        {
            let workplace = Workplace()
            let result = try Program(workplace: workplace).monitor(arguments)
            #expect(result.err.contains("https://***@h/x?key=***"), "\(result.err)")
            #expect(!(result.err + result.out).contains("s3cret"))
            let log = workplace.read(workplace.path("logs/job-1.log"))
            #expect(log.isEmpty || log.contains("Cannot execute https://***@h/x?key=***"))
            #expect(!log.contains("s3cret"))
        }

        @Test func `a full pipe at standard error does not stop the supervision`() throws {
            // The shell fills a pipe that nobody reads and passes it to the monitor.
            let workplace = Workplace()
            let script = """
                exec 3<>"$FIFO"
                timeout 0.3 cat /dev/zero >&3
                exec "$MONITOR" run --json --store "$STORE" --deadline 0.3 -- sleep 20 2>&3
                """
            mkfifo(workplace.path("fifo"), 0o600)
            let result = try Program(workplace: workplace, timeout: .seconds(20)).shell(
                script,
                ["FIFO": workplace.path("fifo")]
            )
            let report = try result.report()
            #expect(report.cause == .deadline)
            #expect(result.exit == .exited(code: 1))
        }

        @Test func `a monitor started with SIGHUP ignored keeps running after a hang-up`() throws {
            let script = """
                trap '' HUP
                exec "$MONITOR" run --json --store "$STORE" -- sh -c 'kill -HUP $PPID; sleep 0.3; echo on'
                """
            let result = try Program(workplace: Workplace()).shell(script)
            #expect(try result.report().status == .success)
        }
    }
}

#endif

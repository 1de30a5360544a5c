// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Glibc
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct `Commands that cannot be started` {
        /// Runs a command that cannot be started, and checks the report, the message and the log.
        private func expectFailure(
            _ command: String,
            in workplace: Workplace,
            says sentence: String
        )
            throws
        {
            let result = try Program(workplace: workplace).monitor(["run", "--json", "--", command])
            let report = try result.report()
            #expect(report.status == .failure)
            #expect(report.cause == .spawnFailed)
            #expect(report.exitCode == nil && report.signal == nil)
            #expect(result.err.contains(sentence))
            #expect(workplace.read(report.logPath ?? "").contains(sentence))
            #expect(result.exit == .exited(code: 1))
        }

        @Test func `a missing command is named`() throws {
            let sentence = "Cannot execute /nonesuch/command: No such file or directory."
            try self.expectFailure("/nonesuch/command", in: Workplace(), says: sentence)
        }

        @Test func `a name that is not found in PATH is named`() throws {
            try self.expectFailure(
                "no-such-command-anywhere",
                in: Workplace(),
                says: "which is in no directory of PATH"
            )
        }

        @Test func `a file that is not executable is named together with a remedy`() throws {
            let workplace = Workplace()
            workplace.write("#!/bin/sh\n", to: "script")
            try self.expectFailure(
                workplace.path("script"),
                in: workplace,
                says: "which is not executable (use chmod +x)"
            )
        }

        private static let elf = "\u{7F}ELF\u{2}\u{1}\u{1}" + String(repeating: "\0", count: 9)

        @Test(arguments: [
            ("", "which is empty"),
            ("echo hello\n", "which has no #! line (make #!/bin/sh its first line"),
            ("\n#!/bin/sh\n", "which has no #! line"),
            ("\u{FEFF}#!/bin/sh\n", "which begins with a byte order mark"),
            ("#!\n", "whose #! line names no interpreter"),
            ("#!/bin/sh\r\necho\r\n", "ends with a carriage return, as on Windows"),
            ("#!/usr/bin/nonesuch -x\n", "whose interpreter /usr/bin/nonesuch does not exist"),
            ("#!/tmp\n", "whose interpreter /tmp may not be executed"),
            (Self.elf + "\u{2}\0\u{15}\0", "which was built for PowerPC (64 bits)"),
            (Self.elf, "which is a damaged ELF file"),
            ("MZ\0\0", "which is a program for Windows"),
            ("\u{1F}\0\u{8}", "which is neither a program for this machine nor a script"),
        ])
        func `a file that is no program of this machine is explained`(
            content: String,
            clause: String
        ) throws {
            let workplace = Workplace()
            workplace.write(content, to: "program", mode: 0o755)
            try self.expectFailure(workplace.path("program"), in: workplace, says: clause)
        }

        @Test func `a link, a path and a name that lead nowhere are explained`() throws {
            let workplace = Workplace()
            symlink("/nonesuch/target", workplace.path("link"))
            symlink("loop", workplace.path("loop"))
            workplace.write("", to: "file")
            let cases = [
                ("link", "which is a link to /nonesuch/target, which does not exist"),
                ("loop", "which is a link that leads to itself"),
                ("file/program", "because \(workplace.path("file")) is not a directory"),
            ]
            for (name, clause) in cases {
                try self.expectFailure(workplace.path(name), in: workplace, says: clause)
            }
        }

        @Test func `a program that a process has open for writing is explained`() throws {
            let workplace = Workplace()
            let script = """
                cp /bin/true "$PROGRAM"; exec 3>>"$PROGRAM"
                exec "$MONITOR" run --json --store "$STORE" -- "$PROGRAM"
                """
            let result = try Program(workplace: workplace).shell(
                "(\(script)); true",
                ["PROGRAM": workplace.path("program")]
            )
            // The monitor inherits the descriptor, so the file stays open for writing.
            #expect(result.err.contains("which a process has open for writing"))
        }

        @Test(.enabled(if: canUnshare, "It needs the permission to mount."))
        func `a program on a file system without programs is explained`() throws {
            let result = try Program(workplace: Workplace()).shell(
                """
                exec unshare --mount sh -c 'mount -t tmpfs -o noexec none /mnt
                cp /bin/true /mnt/program
                exec "$MONITOR" run --json --store "$STORE" -- /mnt/program'
                """
            )
            #expect(result.err.contains("which is on a file system that is mounted noexec"))
            #expect(!result.err.contains("chmod"))
        }

        @Test func `a script in PATH without a #! line is explained with its path`() throws {
            let workplace = Workplace()
            workplace.write("echo hello\n", to: "tool", mode: 0o755)
            let result = try Program(workplace: workplace).shell(
                "PATH=\(workplace.folder):$PATH exec \"$MONITOR\" run --store \"$STORE\" -- tool"
            )
            #expect(
                result.err.contains("Cannot execute \(workplace.path("tool")), which has no #!")
            )
        }

        @Test func `a folder is not accepted as a command`() throws {
            try self.expectFailure("/tmp", in: Workplace(), says: "which is a directory")
        }

        @Test func `a missing interpreter of a script is reported as such`() throws {
            let workplace = Workplace()
            workplace.write("#!/nonesuch/interpreter\n", to: "script", mode: 0o755)
            try self.expectFailure(
                workplace.path("script"),
                in: workplace,
                says: "whose interpreter"
            )
        }
    }
}

#endif

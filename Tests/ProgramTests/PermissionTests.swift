// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// The permissions of the files that the programs create, and of those that they find.
    @Suite struct `Permissions of files` {
        private let workplace = Workplace()

        private func shell(_ script: String) throws -> ProgramResult {
            try Program(workplace: self.workplace).shell(
                script,
                ["W": self.workplace.folder, "GIT_CONFIG_GLOBAL": "/dev/null"]
            )
        }

        private func mode(_ name: String) -> mode_t {
            var status = stat()
            return lstat(self.workplace.path(name), &status) == 0 ? status.st_mode & 0o777 : 0
        }

        /// The files and folders in the workplace that other users can access, with their modes.
        private var open: [String] {
            let names = FileManager.default.subpaths(atPath: self.workplace.folder) ?? []
            return names.filter { self.mode($0) & 0o077 != 0 }
                .map { "\($0) \(String(self.mode($0), radix: 8))" }
        }

        @Test(arguments: ["000", "022", "002", "777"])
        func `the files of a run are closed to other users, whatever the umask is`(
            _ mask: String
        ) throws {
            // More output than the first half of a log, so that the log has parts for a while.
            let script =
                #"umask \#(mask); exec "$MONITOR" run --quiet --store "$STORE" -- "#
                + #"sh -c 'head -c 40000000 /dev/zero; ls -lR "$W" | grep -v ^total'"#
            let result = try self.shell(script)
            #expect(result.exit == .exited(code: 0), "\(result.err)")
            #expect(self.open == [])
            let log = self.workplace.read(self.workplace.path("logs/job-1.log")).suffix(2000)
            for name in ["jobs.sqlite", "jobs.sqlite-wal", "jobs.sqlite-shm", "job-1.log", "0"] {
                let line = log.split(separator: "\n").first { $0.hasSuffix(" \(name)") }
                #expect(line?.hasPrefix("-rw-------") == true, "\(name): \(log)")
            }
            let parts = log.split(separator: "\n").first { $0.hasSuffix(" job-1.log.parts") }
            #expect(parts?.hasPrefix("drwx------") == true, "\(log)")
        }

        @Test func `a store behind a link that leads nowhere yet is closed to other users`() throws
        {
            let result = try self.shell(
                #"umask 022; ln -s target.db "$W/link.db"; "#
                    + #"exec "$MONITOR" run --quiet --store "$W/link.db" -- true"#
            )
            #expect(result.exit == .exited(code: 0), "\(result.err)")
            #expect(self.mode("target.db") == 0o600)
        }

        @Test func `a file that is no store keeps its permissions`() throws {
            let result = try self.shell(
                #"echo hello > "$STORE"; chmod 664 "$STORE"; "#
                    + #"exec "$MONITOR" run --quiet --store "$STORE" -- true"#
            )
            #expect(result.exit == .exited(code: 69))
            #expect(self.mode("jobs.sqlite") == 0o664)
        }

        @Test func `a FIFO among the parts of a log does not hold up a run`() throws {
            let result = try self.shell(
                #"mkdir -p "$W/logs/job-9.log.parts"; mkfifo "$W/logs/job-9.log.parts/0"; "#
                    + #"exec "$MONITOR" run --quiet --store "$STORE" -- true"#
            )
            #expect(result.exit == .exited(code: 0), "\(result.err)")
        }

        @Test func `a FIFO in place of the log does not hold up the output of a failed job`() throws
        {
            let log = self.workplace.path("logs/job-1.log")
            let result = try self.shell(
                #"exec "$MONITOR" run --output failed --store "$STORE" -- "#
                    + #"sh -c "rm '\#(log)'; mkfifo '\#(log)'; exit 1""#
            )
            #expect(result.exit == .exited(code: 74), "\(result.err)")
        }

        @Test func `a result in the spool is closed to other users`() throws {
            let result = try self.shell(
                #"umask 0; exec "$MONITOR" run --store "$STORE" -- sh -c 'rm "$STORE"*'"#
            )
            #expect(result.exit == .exited(code: 69))
            #expect(self.mode("jobs.sqlite.spool") == 0o700)
            #expect(self.mode("jobs.sqlite.spool/job-1.json") == 0o600)
        }

        @Test func `a mirror and its lock are closed to other users`() throws {
            let result = try self.shell(
                """
                umask 0; git init -q "$W/source"; chmod 700 "$W/source"; cd "$W/source"
                git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one
                "$MONITOR" import git "$W/source" --store "$STORE" &&
                git -c user.name=a -c user.email=a@b commit -q --allow-empty -m two &&
                "$MONITOR" import git "$W/source" --store "$STORE"
                """
            )
            #expect(result.exit == .exited(code: 0), "\(result.err)")
            #expect(self.open.filter { !$0.hasPrefix("source") } == [])
        }

        @Test func `a job keeps the umask of the operator`() throws {
            let result = try self.shell(
                #"umask 027; exec "$MONITOR" run --json --store "$STORE" -- sh -c umask"#
            )
            #expect(try result.report().tail == "0027\n")
        }

        @Test func `files that an older version left open are closed once, with a warning`() throws
        {
            let run = #""$MONITOR" run --store "$STORE" -- true"#
            _ = try self.shell(run + #"; mkdir "$STORE.spool""#)
            let names = ["jobs.sqlite", "logs", "jobs.sqlite.spool"]
            for name in names { chmod(self.workplace.path(name), name == names[0] ? 0o644 : 0o755) }
            let first = try self.shell(run)
            #expect(names.map(self.mode) == [0o600, 0o700, 0o700])
            for name in names {
                #expect(first.err.contains("could access \(self.workplace.path(name)) (mode "))
            }
            #expect(!(try self.shell(run).err.contains("access")))
        }

        @Test func `what the operator has decided stays: a group's access, and a named log folder`()
            throws
        {
            let run = #""$MONITOR" run --store "$STORE" --log-dir "$W/mine" -- true"#
            _ = try self.shell(run)
            chmod(self.workplace.store, 0o660)
            chmod(self.workplace.path("mine"), 0o755)
            let result = try self.shell(run)
            #expect(!result.err.contains("warning"), "\(result.err)")
            #expect(self.mode("jobs.sqlite") == 0o660)
            #expect(self.mode("mine") == 0o755)
        }

        @Test func `the file behind a symbolic link keeps its permissions`() throws {
            self.workplace.write("", to: "other")
            symlink(self.workplace.path("other"), self.workplace.store)
            let result = try self.shell(#""$MONITOR" run --store "$STORE" -- true"#)
            #expect(result.exit == .exited(code: 0), "\(result.err)")
            #expect(self.mode("other") == 0o644)
        }
    }
}

#endif

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// Parts of the system that are missing, as in a chroot or in a container.
    @Suite(.enabled(if: canUnshare, "It needs the permission to create namespaces."))
    struct `Missing parts of the system` {
        /// Runs the monitor in a mount namespace of its own after `preparation`.
        private func run(
            _ preparation: String,
            options: String = "",
            in workplace: Workplace = Workplace()
        ) throws -> ProgramResult {
            let script = """
                exec unshare --mount sh -c \\
                '\(preparation)
                exec "$MONITOR" run --store "$STORE" \(options) -- true'
                """
            return try Program(workplace: workplace).shell(script)
        }

        private static let emptyDev = "mount -t tmpfs none /dev; "
        private static let null = "mknod -m 666 /dev/null c 1 3; "

        @Test(arguments: [
            ("mount -t tmpfs none /proc", "Cannot read /proc: No such file or directory."),
            (Self.emptyDev, "Cannot open /dev/null: No such file or directory."),
            (Self.emptyDev + ": >/dev/null", "/dev/null is not the null device."),
            (
                Self.emptyDev + Self.null,
                "Cannot open a pseudo-terminal (/dev/ptmx): No such file or directory."
            ),
            (
                Self.emptyDev + Self.null + "mknod /dev/ptmx c 5 2",
                "Cannot open a pseudo-terminal (/dev/ptmx): No such file or directory."
            ),
            (
                "mkdir /tmp/removed-$$; cd /tmp/removed-$$; rmdir /tmp/removed-$$",
                "The current folder cannot be determined: No such file or directory."
            ),
        ])
        func `a missing part is named and no job is created`(preparation: String, sentence: String)
            throws
        {
            let workplace = Workplace()
            let result = try self.run(preparation, in: workplace)
            #expect(result.exit == .exited(code: 69))
            #expect(result.err.contains("worker-monitor: \(sentence)"))
            #expect(result.out.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: workplace.store))
        }

        @Test func `without terminals a job on a pipe succeeds`() throws {
            let result = try self.run(Self.emptyDev + Self.null, options: "--pipes --json")
            #expect(result.exit == .exited(code: 0))
            #expect(try result.report().status == .success)
        }

        @Test func `the arguments of the program do not depend on /proc`() throws {
            let script = """
                exec unshare --mount sh -c 'mount -t tmpfs none /proc; exec "$MONITOR" --version'
                """
            let result = try Program(workplace: Workplace()).shell(script)
            #expect(result.out == "0.1.0\n")
        }

        @Test func `a folder for temporary files is not needed`() throws {
            let script = """
                mkdir /dev/shm/monitor-$$; cp -L "$MONITOR" /dev/shm/monitor-$$
                unshare --mount sh -c 'mount -t tmpfs -o ro none /tmp;
                mount -t tmpfs -o ro none /var/tmp; cd /;
                exec /dev/shm/monitor-'$$'/worker-monitor run --json \\
                --store /dev/shm/monitor-'$$'/jobs.sqlite -- true'
                code=$?
                rm -r /dev/shm/monitor-$$
                exit $code
                """
            let result = try Program(workplace: Workplace()).shell(script)
            #expect(result.exit == .exited(code: 0))
            #expect(try result.report().status == .success)
        }
    }
}

extension ProgramSuite {
    /// Resource limits (setrlimit(2)) of the monitor.
    @Suite struct `Resource limits of the monitor` {
        private func run(_ limit: String, _ command: String = "true") throws -> ProgramResult {
            try Program(workplace: Workplace()).shell(
                "ulimit \(limit); exec \"$MONITOR\" run --json --store \"$STORE\" -- \(command)"
            )
        }

        // With fewer files, the dynamic loader cannot load the program.
        @Test(arguments: 4...26)
        func `too few open files are reported, and no job is created`(count: Int) throws {
            let result = try self.run("-n \(count)")
            #expect(result.exit == .exited(code: 69))
            #expect(result.err.contains("The limit is \(count), and a job needs 24 more"))
            #expect(result.out.isEmpty)
        }

        @Test func `a job runs with the least number of open files`() throws {
            #expect(try self.run("-n 32").report().status == .success)
        }

        @Test(arguments: [64, 128, 255])
        func `a stack that is too small is reported`(kibibytes: Int) throws {
            let result = try self.run("-s \(kibibytes)")
            #expect(result.exit == .exited(code: 69))
            #expect(result.err.contains("The stack may have only \(kibibytes) KiB."))
        }

        @Test func `a thread that cannot be started is reported`() throws {
            // A thread gets a stack as large as the limit for stacks, which is more memory than the
            // program may have.
            let result = try self.run("-s 3000000; ulimit -v 1500000")
            #expect(result.exit == .exited(code: 69))
            #expect(result.err.contains("Cannot start a thread: "))
        }

        @Test(arguments: [0, 1, 20])
        func `a limit on the size of files is an error and not a signal`(blocks: Int) throws {
            let result = try self.run("-f \(blocks)")
            #expect(result.exit == .exited(code: 69))
            #expect(result.err.contains("worker-monitor: Job store "))
            #expect(result.err.contains("ulimit -f"))
        }
    }
}

/// Whether this user may create namespaces for mounts and processes.
let canUnshare: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    process.arguments = ["--mount", "--pid", "--fork", "--mount-proc", "true"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}()

#endif

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import TestSupport
import Testing

extension `End-to-end imports` {
    /// Failures that this machine is to blame for: its settings, its permissions and its limits.
    struct `Faults of the machine` {
        private static let isRoot = geteuid() == 0

        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
        }

        /// Expects a fault of the machine without the advice to move a mirror away.
        private func expectFault(_ run: TestProgram, _ text: String) throws {
            #expect(run.code == 71, "\(run.output)")
            #expect(run.lines.last?.contains(text) == true, "\(run.output)")
            #expect(run.lines.last?.contains("away") == false, "\(run.output)")
        }

        private func write(_ text: String, to file: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: self.shop.folder + "/" + file))
        }

        @Test(arguments: [
            ("[broken\n", ".gitconfig"), ("[http]\n\tpostBuffer = x\n", "http.postbuffer"),
        ])
        func `a wrong configuration of git is a fault of this machine`(text: String, name: String)
            throws
        {
            try self.write(text, to: ".gitconfig")
            let url = "http://127.0.0.1:1/x.git"
            try self.expectFault(self.shop.importing(url), name)
        }

        @Test func `a broken configuration does not make a good mirror look damaged`() throws {
            #expect(try self.shop.importing(self.source).code == 0)
            try self.write("[broken\n", to: ".gitconfig")
            try self.expectFault(self.shop.importing(self.source), ".gitconfig")
        }

        @Test(arguments: [
            "No user exists for uid 54321", "Bad owner or permissions on /home/me/.ssh/config",
            "/home/me/.ssh/config: line 1: Bad configuration option: x",
            "Load key \"/home/me/.ssh/id\": Permission denied",
        ])
        func `a local failure of ssh is a fault of this machine`(message: String) throws {
            self.shop.environment["GIT_SSH_COMMAND"] =
                "printf '%s\\r\\n' \"$MESSAGE\" >&2; exit 255; :"
            self.shop.environment["MESSAGE"] = message
            try self.expectFault(self.shop.importing("git@h:x"), message)
        }

        @Test(arguments: [
            "kex_exchange_identification: Connection closed by remote host",
            "kex_exchange_identification: read: Connection reset by peer",
            "Connection closed by 127.0.0.1 port 22", "Connection reset by 127.0.0.1 port 22",
            "Connection timed out during banner exchange", "Timeout, server h not responding.",
            "ssh: connect to host h port 22: Connection timed out",
            "ssh: connect to host h port 22: No route to host",
            "Too many concurrent connections, try again later",
        ])
        func `a failure of the ssh server is a fault of the host`(message: String) throws {
            self.shop.environment["GIT_SSH_COMMAND"] =
                "printf '%s\\r\\n' \"$MESSAGE\" >&2; exit 255; :"
            self.shop.environment["MESSAGE"] = message
            #expect(try self.shop.importing("git@h:x").code == 75)
        }

        @Test func `a missing ssh program is a fault of this machine`() throws {
            self.shop.environment["GIT_SSH"] = "/no/such/ssh"
            try self.expectFault(self.shop.importing("git@h:x"), "lacks a program")
        }

        @Test func `a file that exceeds the size limit is a fault of this machine`() throws {
            let big = self.source + "/big"
            let bytes = Data((0..<400_000).map { _ in UInt8.random(in: 0...255) })
            try bytes.write(to: URL(fileURLWithPath: big))
            try self.shop.commit("two", in: self.source)
            let run = try self.shop.start(
                "/bin/sh",
                [
                    "-c", "ulimit -f 200; exec \"$0\" git --into \"$1\" -- \"$2\"",
                    builtProgram("code-import-worker"), self.shop.mirrors, self.source,
                ],
                in: self.shop.folder
            )
            try self.shop.wait(for: run)
            try self.expectFault(run, "limit")
        }

        // MARK: - Other users

        /// Runs an import as the user nobody.
        private func importingAsNobody(_ url: String? = nil) throws -> TestProgram {
            for folder in [self.shop.folder, self.shop.mirrors] { chmod(folder, 0o777) }
            let run = try self.shop.start(
                "setpriv",
                [
                    "--reuid=65534", "--regid=65534", "--clear-groups",
                    builtProgram("code-import-worker"), "git", "--into", self.shop.mirrors, "--",
                    url ?? self.source,
                ],
                in: self.shop.folder
            )
            try self.shop.wait(for: run)
            return run
        }

        private func makeMirrorAccessible() throws -> String {
            #expect(try self.shop.importing(self.source).code == 0)
            let mirror = try self.shop.mirror()
            try self.shop.script("chmod -R go+rwX mirrors mirrors/.*.lock", in: self.shop.folder)
            return mirror
        }

        @Test(
            .enabled(if: isRoot, "needs another user"),
            arguments: ["config", "HEAD", "objects", "refs", ""]
        )
        func `a mirror of another user is named as such`(file: String) throws {
            let mirror = try self.makeMirrorAccessible()
            chmod("\(mirror)/\(file)", 0o600)
            let run = try self.importingAsNobody()
            try self.expectFault(run, "belongs to user 0.")
        }

        @Test(.enabled(if: isRoot, "needs another user"))
        func `a lock file of another user is a fault of this machine`() throws {
            #expect(try self.shop.importing(self.source).code == 0)
            try self.expectFault(self.importingAsNobody(), "Permission denied")
        }

        @Test(.enabled(if: isRoot, "needs another user"), arguments: ["", "file://"])
        func `a source on this machine that cannot be read is a fault of this machine`(
            scheme: String
        ) throws {
            mkdir(self.shop.mirrors, 0o777)
            chmod(self.source, 0o700)
            try self.expectFault(self.importingAsNobody(scheme + self.source), "cannot read")
        }

        @Test(.enabled(if: isRoot, "needs another user"))
        func `a folder of mirrors that cannot be written is a fault of this machine`() throws {
            try FileManager.default.createDirectory(
                atPath: self.shop.mirrors,
                withIntermediateDirectories: true
            )
            _ = chmod(self.shop.folder, 0o755)
            let run = try self.shop.start(
                "setpriv",
                [
                    "--reuid=65534", "--regid=65534", "--clear-groups",
                    builtProgram("code-import-worker"), "git", "--into",
                    self.shop.mirrors + "/more", "--", self.source,
                ],
                in: "/"
            )
            try self.shop.wait(for: run)
            try self.expectFault(run, "Permission denied")
        }

        @Test(.enabled(if: isRoot, "needs the right to mount"))
        func `a full disk is a fault of this machine`() throws {
            let bytes = Data((0..<900_000).map { _ in UInt8.random(in: 0...255) })
            try bytes.write(to: URL(fileURLWithPath: self.source + "/big"))
            try self.shop.commit("two", in: self.source)
            mkdir(self.shop.mirrors, 0o755)
            try #require(mount("none", self.shop.mirrors, "tmpfs", 0, "size=512k") == 0)
            defer { umount2(self.shop.mirrors, Int32(MNT_DETACH)) }
            try self.expectFault(self.shop.importing(self.source), "disk of the mirror is full")
        }
    }
}

#endif

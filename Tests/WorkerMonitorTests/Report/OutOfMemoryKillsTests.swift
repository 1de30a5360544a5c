// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Out-of-memory kills` {
    private let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
    }

    private func write(_ text: String, to name: String) throws {
        let path = "\(self.folder.path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private var count: Int64? { OutOfMemoryKills.count(root: self.folder.path) }

    @Test func `the count is read from the group of the program`() throws {
        try self.write("0::/user.slice/a b:c\n", to: "proc/self/cgroup")
        try self.write(
            "low 0\noom 9\noom_kill 3\noom_group_kill 7\n",
            to: "sys/fs/cgroup/user.slice/a b:c/memory.events"
        )
        #expect(self.count == 3)
    }

    @Test func `version 1 of control groups has the count in another file`() throws {
        try self.write("9:pids:/\n4:cpu,memory:/x\n0::/y\n", to: "proc/self/cgroup")
        try self.write("oom_kill 1\n", to: "sys/fs/cgroup/y/memory.events")
        try self.write(
            "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
            to: "sys/fs/cgroup/memory/x/memory.oom_control"
        )
        #expect(self.count == 2)
    }

    @Test func `the group of a container is mounted at the top`() throws {
        try self.write("0::/docker/1234\n", to: "proc/self/cgroup")
        try self.write("oom_kill 5\n", to: "sys/fs/cgroup/memory.events")
        #expect(self.count == 5)
    }

    @Test(arguments: ["", "0::/\n", "nonsense\n", "0::/a\n4:memory\n"])
    func `the count is unknown without files that contain it`(groups: String) throws {
        if !groups.isEmpty { try self.write(groups, to: "proc/self/cgroup") }
        #expect(self.count == nil)
        try self.write("oom 1\n", to: "sys/fs/cgroup/memory.events")
        #expect(self.count == nil)
    }
}

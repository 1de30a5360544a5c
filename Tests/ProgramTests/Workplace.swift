// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A folder of its own for one test, with a store and logs in it; gone with the last reference.
final class Workplace {
    let folder: String
    /// Every process that the test starts has it in its environment, so that those left behind can
    /// be found.
    let marker: String

    init() {
        self.marker = "job-\(UUID().uuidString)"
        self.folder = NSTemporaryDirectory() + "worker-monitor-\(self.marker)"
        try? FileManager.default.createDirectory(
            atPath: self.folder,
            withIntermediateDirectories: true
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.folder)
    }

    var store: String { "\(self.folder)/jobs.sqlite" }

    func path(_ name: String) -> String { "\(self.folder)/\(name)" }

    func write(_ text: String, to name: String, mode: Int = 0o644) {
        _ = FileManager.default.createFile(
            atPath: self.path(name),
            contents: Data(text.utf8),
            attributes: [.posixPermissions: mode]
        )
    }

    func read(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    /// Processes with the marker in their environment that are alive, zombies not counted.
    var processesLeft: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { pid in
            guard pid != getpid() else { return false }
            // A zombie's environment reads as empty.
            let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
            return environment.range(of: Data(self.marker.utf8)) != nil
        }
    }
}

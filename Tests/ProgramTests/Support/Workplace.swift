// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc

/// A temporary folder for one test, with its store and logs, which is removed on deallocation.
final class Workplace {
    let folder: String
    /// A unique string in the environment of every process that the test starts.
    ///
    /// It allows the test to find processes that were left behind.
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

    /// The ids of the live processes with the marker in their environment, without zombies.
    var processesLeft: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { pid in
            guard pid != getpid() else { return false }
            // The environment of a zombie is empty.
            let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
            return environment.range(of: Data(self.marker.utf8)) != nil
        }
    }
}

#endif

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Where the programs are that are run; all are built by this package.
struct Programs {
    let folder: URL

    init(folder: URL?) {
        self.folder = folder ?? URL(filePath: ".")
    }

    /// The scenarios on swift-reactor.
    var ours: String { self.path("reactor-bench") }
    /// The scenarios in C on libev.
    var floor: String { self.path("floor") }
    /// The children.
    var child: String { self.path("bench-child") }
    /// The scenarios on libuv, which has socket pairs for a child's streams; where it is not installed
    /// the floor stands for it.
    var libuv: String {
        let peer = self.path("libuv_peer")
        return FileManager.default.isExecutableFile(atPath: peer) ? peer : self.floor
    }
    /// What counts allocations.
    var allocationCounter: String { self.path("libcount-allocations.so") }

    private func path(_ name: String) -> String {
        self.folder.appending(path: name).path(percentEncoded: false)
    }
}

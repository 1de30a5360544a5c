// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A new, empty folder that is removed together with this object.
package final class TemporaryFolder: Sendable {
    /// The path of the folder.
    package let path: String

    /// Creates the folder, to which only this user has access.
    package init() throws {
        self.path = FileManager.default.temporaryDirectory.path + "/test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: self.path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.path)
    }
}

/// Runs `body` with the path of a new, empty folder, and removes the folder.
package func withFolder(_ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try withExtendedLifetime(folder) { try body(folder.path) }
}

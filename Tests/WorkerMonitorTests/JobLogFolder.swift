// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of a test's own, which goes with the test.
final class JobLogFolder {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/job-log-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        self.path = String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.path)
    }

    func file(_ name: String) -> String { self.path + "/" + name }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: self.file(name))))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try self.bytes(name), as: UTF8.self)
    }

    /// The names of everything in the folder and below.
    func names() -> [String] {
        (FileManager.default.subpaths(atPath: self.path) ?? []).sorted()
    }

    /// The lengths of all files in the folder and below together.
    func length() -> Int64 {
        self.names().reduce(0) { sum, name in
            var status = stat()
            guard lstat(self.file(name), &status) == 0 else { return sum }
            return sum + (status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : 0)
        }
    }

    /// Copies everything to another folder, as a crash at this moment would leave it.
    func snapshot() throws -> JobLogFolder {
        let copy = try JobLogFolder()
        try FileManager.default.removeItem(atPath: copy.path)
        try FileManager.default.copyItem(atPath: self.path, toPath: copy.path)
        return copy
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import Foundation
internal import ProgramSupport
internal import Reactor

/// The paths that the program uses, from its options and the XDG Base Directory Specification.
///
/// Everything that belongs to a store is in the folder of the store.
struct ProgramPaths {
    /// The file of the store, or `nil` for the user's own store.
    let store: String?
    let logs: String
    let mirrors: String
    /// The folder of reports that the store has not accepted yet.
    ///
    /// Each store has its own, because a job number is unique within one store only.
    let spool: String
    /// Whether the log folder is the default one, so that its permissions are this program's.
    private let hasOwnLogFolder: Bool
    /// Whether no store was named and the environment does not determine the user's own store.
    private let isUnknown: Bool

    /// Determines the paths from the options and the environment.
    ///
    /// - Parameters:
    ///   - store: The value of `--store`.
    ///   - logFolder: The value of `--log-dir`.
    ///   - environment: The variables that determine the location of the user's own store.
    init(
        store: String?,
        logFolder: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let state = XDGFolders.state(environment)
        self.store = store.map(Self.absolute)
        let base = self.store.map(Self.folder) ?? state ?? ""
        self.logs = logFolder.map(Self.absolute) ?? "\(base)/logs"
        self.mirrors = "\(base)/mirrors"
        self.spool = "\(self.store ?? "\(base)/jobs.sqlite").spool"
        self.hasOwnLogFolder = logFolder == nil
        self.isUnknown = store == nil && state == nil
    }

    private static func folder(of path: String) -> String {
        (path as NSString).deletingLastPathComponent
    }

    /// Returns an absolute path without `.` and `..`.
    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// Returns the path of a program in the folder of this program.
    ///
    /// If that folder has no such program, the method returns the bare name, which is then looked
    /// up in `PATH`.
    static func siblingProgram(_ name: String) -> String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let path = "\((own as NSString).deletingLastPathComponent)/\(name)"
        return FileManager.default.isExecutableFile(atPath: path) ? path : name
    }

    /// Closes the folders of this program that an older version has left open to all users.
    ///
    /// A folder that an option names is not changed, because its permissions are the operator's.
    ///
    /// - Returns: Sentences about the changes.
    func closeToOthers() -> [String] {
        let folders = self.hasOwnLogFolder ? [self.logs, self.spool] : [self.spool]
        return folders.compactMap { ProgramSupport.closeToOthers($0) }
    }

    /// Creates the folder of the logs, and checks that files can be created in it.
    ///
    /// - Returns: The problem as a sentence, or `nil`.
    func prepareLogs() -> String? {
        // If the folder of the store is unknown or missing, opening the store fails with a better
        // message. In addition, creating the log folder could create a store folder whose name is a
        // typing error.
        if self.isUnknown { return nil }
        if let store = self.store, !FileManager.default.fileExists(atPath: Self.folder(of: store)) {
            return nil
        }
        do {
            try makeFolder(self.logs)
        } catch {
            let part = error.path == self.logs ? "" : " (at \(error.path))"
            return "Cannot create or enter the log folder \(self.logs): "
                + "\(errorText(error.errno))\(part). Name a writable folder with --log-dir."
        }
        guard access(self.logs, W_OK | X_OK) == 0 else {
            return "Cannot write to the log folder \(self.logs): \(errorText(errno)). "
                + "Name a writable folder with --log-dir."
        }
        return nil
    }
}

#endif

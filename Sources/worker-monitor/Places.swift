// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Reactor

/// Where things are kept, by the options and the XDG base directory specification.
struct Places {
    /// Given by the option; nil: the user's own store.
    let store: String?
    let logs: String
    let mirrors: String
    let spool: String
    /// Whether all of it is in the user's own folder for state, which is closed to others.
    private let isPrivate: Bool
    /// Whether the user's own store is asked for, and nothing says where that is.
    private let isNowhere: Bool

    init(_ options: MonitorOptions) {
        let environment = ProcessInfo.processInfo.environment
        // The specification says that what is relative is to be ignored.
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let own = "\(state ?? "\(home ?? "")/.local/state")/worker-monitor"
        self.store = options.store.map(Self.absolute)
        // What belongs to a store is beside it.
        let base = self.store.map(Self.folder) ?? own
        self.logs = options.logDir.map(Self.absolute) ?? "\(base)/logs"
        self.mirrors = "\(base)/mirrors"
        // Job numbers mean something to one store only.
        self.spool = "\(self.store ?? "\(base)/jobs.sqlite").spool"
        self.isPrivate = self.store == nil && options.logDir == nil
        self.isNowhere = self.store == nil && state == nil && home == nil
    }

    private static func folder(of path: String) -> String {
        (path as NSString).deletingLastPathComponent
    }

    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// The program `name` in the folder of this one; the bare name, for PATH, if it is not there.
    static func siblingProgram(_ name: String) -> String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let path = "\((own as NSString).deletingLastPathComponent)/\(name)"
        return FileManager.default.isExecutableFile(atPath: path) ? path : name
    }

    /// Makes the folder of the logs and sees whether files can be made in it.
    ///
    /// - Returns: what is wrong, as a sentence; nil if nothing is.
    func prepareLogs() -> String? {
        // The store says what is wrong when it is opened. Logs beside a store whose folder is not
        // there would make that folder, for a slip of the pen.
        if self.isNowhere { return nil }
        if let store = self.store, !FileManager.default.fileExists(atPath: Self.folder(of: store)) {
            return nil
        }
        let mask = self.isPrivate ? umask(0o077) : nil
        defer { if let mask { umask(mask) } }
        do {
            try makeFolder(self.logs)
        } catch {
            let place = error.path == self.logs ? "" : " at \(error.path)"
            return "The folder for logs, \(self.logs), cannot be made or entered: "
                + "\(errorText(error.errno))\(place). "
                + "Name a folder that can be written with --log-dir."
        }
        guard access(self.logs, W_OK | X_OK) == 0 else {
            return "Nothing can be written in the folder for logs, \(self.logs): "
                + "\(errorText(errno)). Name another with --log-dir."
        }
        return nil
    }
}

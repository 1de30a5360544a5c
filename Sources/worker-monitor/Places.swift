// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Where things are kept, by the options and the XDG base directory specification.
struct Places {
    /// Given by the option; nil: the user's own store.
    let store: String?
    let logs: String
    let mirrors: String
    let spool: String
    /// Whether all of it is in the user's own folder for state, which is closed to others.
    private let isPrivate: Bool

    init(_ options: MonitorOptions) {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? "/"
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let own = (state ?? "\(home)/.local/state") + "/worker-monitor"
        self.store = options.store.map(Self.absolute)
        // What belongs to a store is beside it.
        let base = self.store.map(Self.folder) ?? own
        self.logs = options.logDir.map(Self.absolute) ?? "\(base)/logs"
        self.mirrors = "\(base)/mirrors"
        // Job numbers mean something to one store only.
        self.spool = "\(self.store ?? "\(base)/jobs.sqlite").spool"
        self.isPrivate = self.store == nil && options.logDir == nil
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
        // Logs beside a store whose folder is not there would make that folder, for a slip of the
        // pen; the store says what is wrong when it is opened.
        if let store = self.store, !FileManager.default.fileExists(atPath: Self.folder(of: store)) {
            return nil
        }
        let mask = self.isPrivate ? umask(0o077) : nil
        defer { if let mask { umask(mask) } }
        do {
            try FileManager.default.createDirectory(
                atPath: self.logs,
                withIntermediateDirectories: true
            )
        } catch {
            return "The folder for logs, \(self.logs), cannot be made: \(Self.reason(error)). "
                + "Name a folder that can be written with --log-dir."
        }
        guard access(self.logs, W_OK | X_OK) == 0 else {
            return "Nothing can be written in the folder for logs, \(self.logs): "
                + "\(String(cString: strerror(errno))). Name another with --log-dir."
        }
        return nil
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let code = underlying?.code { return String(cString: strerror(Int32(code))) }
        return "a part of the path is not a folder"
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import Foundation
internal import LocalScheduler

/// A job that this run has created and claimed, and the store that holds it.
struct ClaimedJob: Sendable {
    let store: JobStore
    let id: Int64
    let started: WallTime

    /// Opens a store, and creates and claims a job in it.
    ///
    /// The call blocks.
    ///
    /// - Parameter path: The file of the store, or `nil` for the user's own store.
    init(_ order: ImportOrder, inStore path: String?, busyTimeout: BusyTimeout) throws {
        self.store =
            if let path {
                try JobStore(path: path, busyTimeout: busyTimeout)
            } else {
                try JobStore(
                    environment: ProcessInfo.processInfo.environment,
                    busyTimeout: busyTimeout
                )
            }
        self.started = .now()
        self.id = try self.store.submit(
            order,
            claimedFor: Self.hostname,
            by: .current,
            now: self.started
        )
    }

    /// The name of this machine as gethostname(2) returns it, without a query to a name server.
    private static var hostname: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

#endif

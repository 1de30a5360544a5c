// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LocalScheduler

/// A job that this run has made and claimed, and the store that it is in.
struct ClaimedJob: Sendable {
    let store: JobStore
    let id: Int64
    let started: WallTime

    /// Opens a store, and makes and claims a job in it; blocking.
    ///
    /// - Parameter path: the store's file; nil: the user's own.
    init(_ order: ImportOrder, inStore path: String?, patience: StorePatience) throws {
        self.store =
            if let path {
                try JobStore(path: path, patience: patience)
            } else {
                try JobStore(
                    environment: ProcessInfo.processInfo.environment,
                    patience: patience
                )
            }
        self.started = .now()
        self.id = try self.store.submit(order, claimedFor: Self.hostname, now: self.started)
    }

    /// The name of this machine, without asking a name server for more of it.
    private static var hostname: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

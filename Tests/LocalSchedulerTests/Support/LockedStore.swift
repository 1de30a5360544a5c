// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import GRDB

/// Another program that has a store locked for writing.
final class LockedStore {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        self.queue = try DatabaseQueue(path: path, configuration: configuration)
        try self.queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    /// Lets others write again.
    func release() {
        try? self.queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }
}

#endif

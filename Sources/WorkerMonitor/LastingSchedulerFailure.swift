// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A scheduler's failure that may be one that no further try can mend.
public protocol LastingSchedulerFailure: Error {
    /// Whether it is: then a finish or a hand-back is not tried again, and the report is kept at
    /// once.
    var isLasting: Bool { get }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Whether an import may have jobs.
public enum ReviewStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// It may.
    case reviewed = "REVIEWED"
    /// Somebody stopped it for the time being; the next order for it puts it back.
    case suspended = "SUSPENDED"
    /// It failed too often in a row; the next order for it gives it one more try.
    case failing = "FAILING"
    /// It should never have been there; orders for it are refused.
    case invalid = "INVALID"
}

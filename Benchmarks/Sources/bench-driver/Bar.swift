// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What a figure has to keep to.
enum Bar {
    /// Ours divided by the reference, at most.
    case ratioAtMost(Double)
    /// Ours divided by the reference, at least.
    case ratioAtLeast(Double)
    /// Ours, whatever the reference.
    case atMost(Double)
    /// Told, not judged.
    case none

    func isMet(ours: Double, ratio: Double) -> Bool {
        switch self {
        case .ratioAtMost(let limit): ratio <= limit
        case .ratioAtLeast(let limit): ratio >= limit
        case .atMost(let limit): ours <= limit
        case .none: true
        }
    }

    var text: String {
        switch self {
        case .ratioAtMost(let limit): "<=\(limit)x"
        case .ratioAtLeast(let limit): ">=\(limit)x"
        case .atMost(let limit): "<=\(limit)"
        case .none: "-"
        }
    }
}

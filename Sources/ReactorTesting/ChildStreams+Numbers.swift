// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

extension ChildStreams {
    /// The child's descriptors that we read, and those that we write.
    var numbers: (reads: Set<Int32>, writes: Set<Int32>) {
        switch self {
        case .pipes: return ([1, 2], [0])
        case .terminal: return ([1], [])
        case .descriptors(let map):
            return (
                Set(map.filter { $0.value == .read }.keys),
                Set(map.filter { $0.value == .write }.keys)
            )
        }
    }

    /// The descriptor that `number` is a copy of, or itself.
    func origin(of number: Int32) -> Int32 {
        guard case .descriptors(let map) = self, case .sameAs(let other)? = map[number] else {
            return number
        }
        return other
    }
}

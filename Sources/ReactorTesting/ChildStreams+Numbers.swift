// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

extension ChildStreams {
    /// The child's descriptors that we read, and those that we write.
    var numbers: (reads: Set<Int32>, writes: Set<Int32>) {
        switch self {
        case .pipes, .socketPairs: return ([1, 2], [0])
        case .terminal: return ([1], [])
        case .descriptors(let map):
            let reads = map.filter(\.value.isRead)
            let writes = map.filter(\.value.isWritten)
            return (Set(reads.keys), Set(writes.keys))
        }
    }

    /// All that the child has open.
    var all: Set<Int32> {
        if case .descriptors(let map) = self { Set(map.keys) } else { [0, 1, 2] }
    }

    /// The descriptor whose stream `number` is: of a copy the original, of a terminal's three the
    /// one.
    func origin(of number: Int32) -> Int32 {
        switch self {
        case .pipes, .socketPairs: return number
        case .terminal: return self.all.contains(number) ? 1 : number
        case .descriptors(let map):
            var origin = number
            // A chain of copies; one that leads nowhere or in a circle is no longer than the map.
            for _ in 0..<map.count {
                guard case .sameAs(let other)? = map[origin] else { break }
                origin = other
            }
            return origin
        }
    }
}

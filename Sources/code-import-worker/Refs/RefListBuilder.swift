// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Collects refs for a ``RefList``, in any order.
///
/// Servers and git almost always list refs in the right order, so that the lines need no sorting.
/// The builder copies the bytes itself, because it takes each of several hundred thousand refs.
final class RefListBuilder {
    private var block: UnsafeMutableRawPointer
    private var capacity: Int
    private var size = 0
    private var count = 0
    private var lastName = UnsafeRawBufferPointer(start: nil, count: 0)
    private var isSorted = true

    /// - Parameter capacity: The expected length of all lines in bytes.
    init(capacity: Int = 0) {
        self.capacity = max(capacity, 256)
        self.block = .allocate(byteCount: self.capacity, alignment: 1)
    }

    deinit { self.block.deallocate() }

    /// Appends a ref.
    ///
    /// If a name comes twice, the list keeps the first ref of that name.
    ///
    /// - Precondition: The id has no space, and neither the id nor the name has a line feed.
    func append(_ line: RefLine) {
        if self.isSorted, self.count > 0 {
            self.isSorted = RefLine.order(self.lastName, line.name) < 0
        }
        self.reserve(line.id.count + line.name.count + 2)
        self.append(line.id, then: UInt8(ascii: " "))
        let start = self.size
        self.append(line.name, then: UInt8(ascii: "\n"))
        self.lastName = UnsafeRawBufferPointer(start: self.block + start, count: line.name.count)
        self.count += 1
    }

    private func append(_ bytes: UnsafeRawBufferPointer, then end: UInt8) {
        if let source = bytes.baseAddress { memcpy(self.block + self.size, source, bytes.count) }
        self.size += bytes.count
        (self.block + self.size).storeBytes(of: end, as: UInt8.self)
        self.size += 1
    }

    private func reserve(_ more: Int) {
        guard self.size + more > self.capacity else { return }
        self.capacity = max(2 * self.capacity, self.size + more)
        let new = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 1)
        memcpy(new, self.block, self.size)
        self.block.deallocate()
        self.block = new
    }

    /// Returns the sorted list.
    func finish() -> RefList {
        let lines = UnsafeRawBufferPointer(start: self.block, count: self.size)
        guard !self.isSorted else { return RefList(bytes: Array(lines), count: self.count) }
        return Self.sorted(lines)
    }

    private static func sorted(_ block: UnsafeRawBufferPointer) -> RefList {
        var lines: [RefLine] = []
        var cursor = RefCursor(block)
        while let line = cursor.next() { lines.append(line) }
        lines.sort { first, second in
            let order = RefLine.order(first.name, second.name)
            guard order == 0, let one = first.id.baseAddress, let other = second.id.baseAddress
            else { return order < 0 }
            // The lines are in one block, so the earlier line has the lower address.
            return one < other
        }
        let sorted = RefListBuilder(capacity: block.count)
        var last: RefLine?
        for line in lines where last.map({ RefLine.order($0.name, line.name) }) != 0 {
            sorted.append(line)
            last = line
        }
        return sorted.finish()
    }
}

extension RefList: ExpressibleByDictionaryLiteral {
    /// Makes a list from names and object ids.
    init(dictionaryLiteral elements: (RefName, String)...) {
        let builder = RefListBuilder()
        for (name, id) in elements {
            name.bytes.withUnsafeBytes { name in
                Array(id.utf8).withUnsafeBytes { builder.append(RefLine(id: $0, name: name)) }
            }
        }
        self = builder.finish()
    }
}

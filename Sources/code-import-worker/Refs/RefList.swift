// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The refs of a repository with their object ids, sorted by the bytes of the names.
///
/// All refs are in one block of memory, with a line `<id> <name>` for each, as in a packed-refs
/// file. A list of 500,000 refs therefore takes no more memory than the output of git, and one
/// comparison of two blocks finds out that nothing has changed.
struct RefList: Equatable {
    /// The lines.
    private let bytes: [UInt8]
    /// The number of refs.
    let count: Int

    /// - Parameters:
    ///   - bytes: The sorted lines.
    ///   - count: The number of lines.
    init(bytes: [UInt8], count: Int) {
        self.bytes = bytes
        self.count = count
    }

    var isEmpty: Bool { self.count == 0 }

    /// The length of all lines in bytes.
    var size: Int { self.bytes.count }

    /// The length of the object ids in characters, or `nil` if there are no refs.
    var idLength: Int? { self.bytes.firstIndex(of: UInt8(ascii: " ")) }

    /// The names of all refs.
    var names: [RefName] {
        var names: [RefName] = []
        self.forEach { names.append(RefName($0.name)) }
        return names
    }

    /// Returns the object id of a ref, or `nil` if the list does not have the ref.
    subscript(name: RefName) -> String? {
        var id: String?
        name.bytes.withUnsafeBytes { wanted in
            self.forEach { line in
                if RefLine.order(line.name, wanted) == 0 { id = line.idText }
            }
        }
        return id
    }

    /// Calls a function with each ref, in the order of the names.
    func forEach(_ body: (RefLine) -> Void) {
        self.bytes.withUnsafeBytes { block in
            var cursor = RefCursor(block)
            while let line = cursor.next() { body(line) }
        }
    }

    /// Calls a function with each name that at least one of two lists has.
    ///
    /// The names come in their order. The function gets the ref of each list, or `nil` if that list
    /// does not have the name.
    static func pair(_ first: RefList, _ second: RefList, _ body: (RefLine?, RefLine?) -> Void) {
        first.bytes.withUnsafeBytes { firstBlock in
            second.bytes.withUnsafeBytes { secondBlock in
                var cursors = (RefCursor(firstBlock), RefCursor(secondBlock))
                var lines = (cursors.0.next(), cursors.1.next())
                while lines.0 != nil || lines.1 != nil {
                    let order = RefLine.order(lines.0?.name, lines.1?.name)
                    body(order <= 0 ? lines.0 : nil, order >= 0 ? lines.1 : nil)
                    if order <= 0 { lines.0 = cursors.0.next() }
                    if order >= 0 { lines.1 = cursors.1.next() }
                }
            }
        }
    }

    static func == (first: RefList, second: RefList) -> Bool {
        guard first.bytes.count == second.bytes.count else { return false }
        return first.bytes.withUnsafeBytes { firstBlock in
            second.bytes.withUnsafeBytes { RefLine.order(firstBlock, $0) == 0 }
        }
    }
}

/// One ref of a list.
///
/// The fields are views of the list's memory. They are valid only during the call that passes
/// the line.
struct RefLine {
    var id: UnsafeRawBufferPointer
    var name: UnsafeRawBufferPointer

    /// The object id as text.
    var idText: String { String(decoding: self.id, as: UTF8.self) }

    /// Returns whether both lines have the same object id.
    func hasSameID(as other: RefLine) -> Bool { Self.order(self.id, other.id) == 0 }

    /// Compares two names by their bytes, as memcmp(3) does.
    ///
    /// - Returns: A negative number if the first name comes before the second one, 0 if the names
    ///   are equal, and otherwise a positive number.
    static func order(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
        let common = min(first.count, second.count)
        if common > 0, let one = first.baseAddress, let other = second.baseAddress {
            let order = memcmp(one, other, common)
            if order != 0 { return Int(order) }
        }
        return first.count - second.count
    }

    /// Compares two names like ``order(_:_:)-(UnsafeRawBufferPointer,_)``; no name comes after
    /// every name.
    fileprivate static func order(
        _ first: UnsafeRawBufferPointer?,
        _ second: UnsafeRawBufferPointer?
    ) -> Int {
        guard let first else { return second == nil ? 0 : 1 }
        guard let second else { return -1 }
        return self.order(first, second)
    }
}

extension UnsafeRawBufferPointer {
    /// Returns whether the bytes start with this text.
    func hasPrefix(_ text: StaticString) -> Bool {
        guard let base = self.baseAddress, text.utf8CodeUnitCount <= self.count else {
            return false
        }
        return memcmp(base, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// Returns whether the bytes end with this text.
    func hasSuffix(_ text: StaticString) -> Bool {
        let start = self.count - text.utf8CodeUnitCount
        guard let base = self.baseAddress, start >= 0 else { return false }
        return memcmp(base + start, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
}

/// Reads the lines of a ``RefList`` one after the other.
struct RefCursor {
    private var rest: UnsafeRawBufferPointer

    init(_ block: UnsafeRawBufferPointer) { self.rest = block }

    /// Returns the next line, or `nil` at the end.
    mutating func next() -> RefLine? {
        guard let start = self.rest.baseAddress, !self.rest.isEmpty,
            let end = memchr(start, Int32(UInt8(ascii: "\n")), self.rest.count),
            let space = memchr(start, Int32(UInt8(ascii: " ")), UnsafeRawPointer(end) - start)
        else { return nil }
        let (lineEnd, idEnd) = (UnsafeRawPointer(end), UnsafeRawPointer(space))
        self.rest = UnsafeRawBufferPointer(
            start: lineEnd + 1,
            count: self.rest.count - (lineEnd + 1 - start)
        )
        return RefLine(
            id: UnsafeRawBufferPointer(start: start, count: idEnd - start),
            name: UnsafeRawBufferPointer(start: idEnd + 1, count: lineEnd - idEnd - 1)
        )
    }
}

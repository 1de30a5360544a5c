// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Strings as execve(2) wants them: a list of pointers to NUL-terminated bytes, ended by a null
/// pointer.
///
/// All in one block of memory, the list first.
struct KernelStrings: ~Copyable {
    private let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// The list of `first`, if there is one, and the others; none has a NUL byte in it.
    init(_ first: String?, _ others: [String]) {
        let count = others.count + (first == nil ? 0 : 1)
        let listSize = (count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
        let textSize = others.reduce(first.map(Self.size) ?? 0) { $0 + Self.size($1) }
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: listSize + textSize,
            alignment: MemoryLayout<UnsafeMutablePointer<CChar>?>.alignment
        )
        self.list = block.bindMemory(to: UnsafeMutablePointer<CChar>?.self, capacity: count + 1)
        var text = (block + listSize).bindMemory(to: CChar.self, capacity: textSize)
        var entry = self.list
        if let first { Self.add(first, &entry, &text) }
        for string in others { Self.add(string, &entry, &text) }
        entry.initialize(to: nil)
    }

    deinit { self.list.deallocate() }

    private static func size(_ string: String) -> Int { string.utf8.count + 1 }

    private static func add(
        _ string: String,
        _ entry: inout UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
        _ text: inout UnsafeMutablePointer<CChar>
    ) {
        entry.initialize(to: text)
        entry += 1
        // stpcpy gives the position of the NUL byte. A string that is passed to C without the closure
        // is copied to an array first.
        text = string.withCString { stpcpy(text, $0) } + 1
    }

    /// As `argv` and `envp` of execve(2).
    var mutable: UnsafePointer<UnsafeMutablePointer<CChar>?> { UnsafePointer(self.list) }

    /// As a list of constant strings.
    var constant: UnsafePointer<UnsafePointer<CChar>?> {
        // A pointer to constant characters has the layout of one to characters; C has no other way
        // either.
        UnsafeRawPointer(self.list).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The content of the file packed-refs of a mirror.
///
/// The file has a header, and then a line `<id> <name>` for each ref, sorted by the bytes of the
/// names. A line `^<id>` after the line of a tag has the object that the tag points to.
struct PackedRefs {
    /// The longest object id, which is one of SHA-256.
    static let longestID = 64

    private let content: [UInt8]
    /// Whether each tag has a line with the object that the tag points to.
    let isPeeled: Bool

    /// The length of the file in bytes.
    var size: Int { self.content.count }

    /// Takes the content of the file, which is empty if there is no file.
    init(_ content: [UInt8]) {
        self.content = content
        let header = content.prefix { $0 != UInt8(ascii: "\n") }
        let words = String(decoding: header, as: UTF8.self).split(separator: " ")
        self.isPeeled = words.first == "#" && words.contains("fully-peeled")
    }

    /// Calls a function with each ref and the object that it points to, if the file has that.
    ///
    /// - Returns: Whether all lines are well-formed.
    @discardableResult
    func forEach(_ body: (RefLine, UnsafeRawBufferPointer?) -> Void) -> Bool {
        self.content.withUnsafeBytes { block in
            guard let base = block.baseAddress else { return true }
            var pending: RefLine?
            var offset = 0
            while offset < block.count {
                // Git writes the whole file before it renames it, so the last line has an end, too.
                guard
                    let end = memchr(base + offset, Int32(UInt8(ascii: "\n")), block.count - offset)
                else { return false }
                let count = UnsafeRawPointer(end) - (base + offset)
                let line = UnsafeRawBufferPointer(start: base + offset, count: count)
                offset += count + 1
                if line.hasPrefix("#") { continue }
                if line.hasPrefix("^") {
                    guard let ref = pending else { return false }
                    body(ref, UnsafeRawBufferPointer(rebasing: line.dropFirst()))
                    pending = nil
                    continue
                }
                if let ref = pending { body(ref, nil) }
                guard let ref = Self.ref(line) else { return false }
                pending = ref
            }
            if let ref = pending { body(ref, nil) }
            return true
        }
    }

    private static func ref(_ line: UnsafeRawBufferPointer) -> RefLine? {
        guard let base = line.baseAddress,
            let space = memchr(base, Int32(UInt8(ascii: " ")), min(line.count, Self.longestID + 1))
        else { return nil }
        let width = UnsafeRawPointer(space) - base
        guard width == 40 || width == Self.longestID, line.count > width + 1 else { return nil }
        return RefLine(
            id: UnsafeRawBufferPointer(start: base, count: width),
            name: UnsafeRawBufferPointer(start: base + width + 1, count: line.count - width - 1)
        )
    }
}

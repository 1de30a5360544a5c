// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// The files that hold the refs of a mirror, when some of them are damaged.
///
/// A damaged ref is removed. Its target is unknown, and the next fetch creates the ref again. If
/// `packed-refs` has an older value of the ref, that value counts until then.
struct RefFiles {
    private let mirror: BytePath

    init(of mirror: BytePath) {
        self.mirror = mirror
    }

    /// Whether the mirror has no ref.
    var isEmpty: Bool {
        var count = 0
        FileTree.forEachFile(below: self.mirror.appending("refs")) { _, _ in count += 1 }
        let packed = self.mirror.appending("packed-refs").contents(limit: 1 << 10) ?? []
        return count == 0
            && !packed.split(separator: UInt8(ascii: "\n")).contains {
                $0.first != UInt8(ascii: "#")
            }
    }

    /// Removes the list of the commits without parents (gitrepository-layout(5)) if it is damaged.
    ///
    /// Otherwise every command fails that reads commits.
    func removeDamagedShallowFile() -> Bool {
        let path = self.mirror.appending("shallow")
        guard let size = path.status?.st_size, let text = path.contents(limit: Int(size)),
            !text.split(separator: UInt8(ascii: "\n")).allSatisfy(Self.isID)
        else { return false }
        return FileTree.remove(path) != nil
    }

    /// Removes the refs whose files are empty, and returns their number.
    func removeEmpty() -> Int {
        self.removeRefs { $0.status?.st_size == 0 }
    }

    /// Removes the refs whose files do not hold a ref, and returns their number.
    func removeDamaged() -> Int {
        self.removeRefs { !Self.isValue($0.contents(limit: 4096)) }
    }

    /// Removes the lines of `packed-refs` that are not refs, and returns their number.
    ///
    /// - Throws: ``ImportFailure`` if the file cannot be written.
    func mendPackedRefs() throws(ImportFailure) -> Int {
        let path = self.mirror.appending("packed-refs")
        guard let size = path.status?.st_size, let text = path.contents(limit: Int(size)) else {
            return 0
        }
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var good: [ArraySlice<UInt8>] = []
        for line in lines where Self.isPackedRef(line) {
            // A line with "^" belongs to the tag in the line before.
            guard line.first != UInt8(ascii: "^") || !good.isEmpty else { continue }
            good.append(line)
        }
        let isCut = !text.isEmpty && text.last != UInt8(ascii: "\n")
        let dropped = lines.count - good.count - 1 + (isCut ? 1 : 0)
        guard dropped > 0 else { return 0 }
        if isCut, good.last == lines.last { good.removeLast() }
        let header =
            good.first?.first == UInt8(ascii: "#") ? [] : Array("# pack-refs with: \n".utf8)
        let content = header + good.flatMap { $0 + [UInt8(ascii: "\n")] }
        try replaceFile("packed-refs", of: "\(self.mirror)", with: content)
        return dropped
    }

    /// Whether HEAD holds the name of a ref, or an object id.
    var hasHead: Bool {
        let path = self.mirror.appending("HEAD")
        return Self.isValue(path.contents(limit: 4096))
    }

    /// Writes a HEAD that points to a usual branch.
    ///
    /// The import then sets it to that of the source.
    func replaceHead() throws(ImportFailure) {
        let head = self.mirror.appending("HEAD")
        if isFolder("\(head)") { FileTree.remove(head) }
        let content = Array("ref: refs/heads/main\n".utf8)
        try replaceFile("HEAD", of: "\(self.mirror)", with: content)
    }

    private func removeRefs(where condition: (BytePath) -> Bool) -> Int {
        var count = 0
        FileTree.forEachFile(below: self.mirror.appending("refs")) { path, entry in
            guard !entry.ends(with: ".lock"), condition(path) else { return }
            if FileTree.remove(path) != nil { count += 1 }
        }
        return count
    }

    private static func isValue(_ bytes: [UInt8]?) -> Bool {
        guard let bytes else { return false }
        let line = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
        if line.starts(with: "ref: refs/".utf8) { return !line.contains { $0 < 0x20 } }
        return self.isID(line)
    }

    private static func isPackedRef(_ line: ArraySlice<UInt8>) -> Bool {
        if line.first == UInt8(ascii: "#") { return line.starts(with: "# pack-refs".utf8) }
        if line.first == UInt8(ascii: "^") { return self.isID(line.dropFirst()) }
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return false }
        let name = line[(space + 1)...]
        return self.isID(line[..<space]) && name.starts(with: "refs/".utf8)
            && !name.contains { $0 <= 0x20 || $0 == 0x7F }
    }

    private static func isID(_ bytes: ArraySlice<UInt8>) -> Bool {
        (bytes.count == 40 || bytes.count == 64)
            && bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

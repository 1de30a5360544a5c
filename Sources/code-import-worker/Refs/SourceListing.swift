// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The refs that a source lists, divided by a selection.
struct SourceListing {
    /// The selected refs, and the HEAD of the source.
    ///
    /// The target of HEAD is unknown if the source has no HEAD, or if its HEAD points to a ref that
    /// does not exist.
    private(set) var snapshot = RefSnapshot()
    /// The number of refs that the selection leaves out, by the pattern that matches them.
    ///
    /// The key is empty for the refs that no positive pattern matches.
    private(set) var leftOut: [String: Int] = [:]

    /// The number of refs of the source, with those that the selection leaves out.
    var total: Int { self.snapshot.refs.count + self.leftOut.values.reduce(0, +) }

    /// The length of the object ids of the source in characters, or `nil` if nothing shows it.
    var idLength: Int? { self.snapshot.refs.idLength ?? self.snapshot.head?.commit?.utf8.count }

    /// Parses the output of `git ls-remote --symref`.
    init(lsRemote output: [UInt8], _ selection: RefSelection) {
        let refs = RefListBuilder(capacity: output.count)
        var selection = selection
        output.withUnsafeBytes { block in
            var rest = block
            while let line = Self.nextLine(&rest) {
                self.take(line, &selection, refs)
            }
        }
        self.snapshot.refs = refs.finish()
    }

    /// Returns one line without its line feed and removes it from the block, or `nil` at the end.
    private static func nextLine(_ block: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let start = block.baseAddress, !block.isEmpty else { return nil }
        let end = memchr(start, Int32(UInt8(ascii: "\n")), block.count)
        let count = end.map { UnsafeRawPointer($0) - start } ?? block.count
        let line = UnsafeRawBufferPointer(start: start, count: count)
        let used = min(count + 1, block.count)
        block = UnsafeRawBufferPointer(start: start + used, count: block.count - used)
        return line
    }

    /// Takes one line: an object id or the target of a symbolic ref, a tab, and a name.
    private mutating func take(
        _ line: UnsafeRawBufferPointer,
        _ selection: inout RefSelection,
        _ refs: RefListBuilder
    ) {
        guard let start = line.baseAddress,
            let tab = memchr(start, Int32(UInt8(ascii: "\t")), line.count)
        else { return }
        let width = UnsafeRawPointer(tab) - start
        let value = UnsafeRawBufferPointer(start: start, count: width)
        let name = UnsafeRawBufferPointer(
            start: start + width + 1,
            count: line.count - width - 1
        )
        if name.count == 4, name.hasPrefix("HEAD") { return self.takeHead(value) }
        // A symbolic ref has a second line with its object id. The mirror gets it as a plain ref.
        // A name with "^{}" is not a ref, but the object that a tag points to. Old servers also
        // list names outside of refs/, such as ".have".
        guard !value.hasPrefix("ref: "), name.hasPrefix("refs/"), !name.hasSuffix("^{}") else {
            return
        }
        switch selection.verdict(on: name) {
        case .mirrored: refs.append(RefLine(id: value, name: name))
        case .leftOut(let pattern): self.leftOut[pattern ?? "", default: 0] += 1
        }
    }

    private mutating func takeHead(_ value: UnsafeRawBufferPointer) {
        if value.hasPrefix("ref: ") {
            self.snapshot.head = .ref(RefName(value.dropFirst(5)))
        } else if self.snapshot.head == nil {
            self.snapshot.head = .detached(String(decoding: value, as: UTF8.self))
        }
    }

    /// The line of the report that says which refs are left out, or `nil` if none are.
    func leftOutSummary(_ selection: RefSelection) -> String? {
        // The mirror of a mirror is no reason for a message.
        let counts = self.leftOut.filter { $0.key != RefSelection.own }
        let count = counts.values.reduce(0, +)
        guard count > 0 else { return nil }
        let parts = counts.sorted { $0.key < $1.key }.map { pattern, count in
            pattern.isEmpty ? "\(count) not selected" : "\(count) of \(pattern)"
        }
        let refs = count == 1 ? "1 ref" : "\(count) refs"
        let hint = selection.isDefault ? " Use --refs 'refs/*' to mirror them, too." : ""
        return "Left out \(refs): \(parts.joined(separator: ", ")).\(hint)"
    }
}

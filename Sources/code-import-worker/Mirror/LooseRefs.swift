// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The refs that have a file of their own below the folder `refs` of a mirror.
///
/// Names are bytes, so the paths are byte arrays and not strings.
struct LooseRefs {
    /// The content of the file of one ref.
    enum Content: Equatable {
        case id([UInt8])
        /// The name of the ref that this symbolic ref points to.
        case symbolic(RefName)
        /// The file is empty or has other content, for example after a power failure.
        case broken
    }

    /// The refs, in no particular order.
    private(set) var refs: [(name: RefName, content: Content)] = []
    /// The paths of the folders below `refs`, relative to the mirror, each before its subfolders.
    private(set) var folders: [[UInt8]] = []

    /// Reads all files below `refs`.
    init(mirror: String) {
        self.read(Array("refs".utf8), of: BytePath(mirror))
    }

    private mutating func read(_ folder: [UInt8], of mirror: BytePath) {
        for entry in FileTree.entries(of: mirror.appending(folder)) {
            // Git ignores these files: the first are its temporary files, the others its locks.
            if entry.starts(with: ".") || entry.ends(with: ".lock") { continue }
            let path = folder + [UInt8(ascii: "/")] + entry.name
            if entry.isFolder {
                self.folders.append(path)
                self.read(path, of: mirror)
            } else {
                let content = mirror.appending(path).contents(limit: 8192)
                self.refs.append((RefName(path), content.map(Self.parse) ?? .broken))
            }
        }
    }

    /// Parses the content of the file of a ref, or of HEAD.
    static func parse(_ bytes: [UInt8]) -> Content {
        var line = bytes[...]
        while let last = line.last, last <= UInt8(ascii: " ") { line.removeLast() }
        if line.starts(with: "ref:".utf8) {
            let name = line.dropFirst(4).drop {
                $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t")
            }
            return name.isEmpty ? .broken : .symbolic(RefName(name))
        }
        let isHex = line.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
            default: false
            }
        }
        guard isHex, line.count == 40 || line.count == PackedRefs.longestID else { return .broken }
        return .id(Array(line))
    }
}

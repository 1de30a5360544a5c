// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// The refs and the HEAD of a mirror, read from the files of the mirror.
///
/// The worker reads the files itself because most imports find nothing new, and processes of git
/// that read the refs and HEAD would double the time of such an import.
struct MirrorRefs {
    /// The refs that the selection contains, and HEAD.
    private(set) var snapshot: RefSnapshot
    /// The refs that the selection leaves out, which stay as they are.
    private(set) var kept: RefList
    /// Whether a failed import has left the tips that it had fetched.
    private(set) var hasFetchedTips = false
    /// The refs with a file that has no valid content.
    let broken: [RefName]
    let packed: PackedRefs
    let loose: LooseRefs

    /// Reads the files of a mirror.
    ///
    /// - Throws: ``MirrorRefsError`` if the files are damaged or cannot be read.
    init(of mirror: String, _ selection: RefSelection) throws(MirrorRefsError) {
        let head = try Self.read("HEAD", of: mirror) ?? []
        self.packed = PackedRefs(try Self.read("packed-refs", of: mirror) ?? [])
        guard isFolder("\(mirror)/refs") else { throw .damaged("refs") }
        self.loose = LooseRefs(mirror: mirror)
        self.broken = self.loose.refs.filter { $0.content == .broken }.map(\.name)
        let (refs, kept) = (RefListBuilder(capacity: self.packed.size), RefListBuilder())
        var (tips, selection) = (false, selection)
        let isValid = Self.forEach(self.packed, self.loose) { line in
            switch selection.verdict(on: line.name) {
            case .mirrored: refs.append(line)
            case .leftOut:
                if line.name.hasPrefix(RefSelection.ownPrefix) {
                    tips = true
                } else {
                    kept.append(line)
                }
            }
        }
        guard isValid else { throw .damaged("packed-refs") }
        self.hasFetchedTips = tips
        self.kept = kept.finish()
        self.snapshot = RefSnapshot(refs: refs.finish())
        switch LooseRefs.parse(head) {
        case .id(let id): self.snapshot.head = .detached(String(decoding: id, as: UTF8.self))
        case .symbolic(let name): self.snapshot.head = .ref(name)
        case .broken: throw .damaged("HEAD")
        }
    }

    /// Returns whether a mirror keeps its refs in git's reftable format, which has other files.
    ///
    /// HEAD then points to an invalid ref.
    static func isReftable(_ mirror: String) -> Bool {
        let head = BytePath(mirror).appending("HEAD").contents(limit: 100)
        return head?.starts(with: "ref: refs/heads/.invalid".utf8) == true
    }

    /// Calls a function with each ref; a ref with a file of its own takes precedence over the
    /// packed one.
    ///
    /// - Returns: Whether all lines of packed-refs are well-formed.
    private static func forEach(
        _ packed: PackedRefs,
        _ loose: LooseRefs,
        _ body: (RefLine) -> Void
    ) -> Bool {
        guard !loose.refs.isEmpty else { return packed.forEach { line, _ in body(line) } }
        let builder = RefListBuilder(capacity: packed.size)
        let isValid = packed.forEach { line, _ in builder.append(line) }
        let list = builder.finish()
        let own = RefListBuilder()
        for (name, content) in loose.refs {
            guard let id = Self.id(content, list, loose) else { continue }
            name.bytes.withUnsafeBytes { name in
                id.withUnsafeBytes { own.append(RefLine(id: $0, name: name)) }
            }
        }
        RefList.pair(own.finish(), list) { loose, packed in
            if let line = loose ?? packed { body(line) }
        }
        return isValid
    }

    /// Returns the object id of a loose ref, or `nil` if the ref is broken or points nowhere.
    private static func id(
        _ content: LooseRefs.Content,
        _ packed: RefList,
        _ loose: LooseRefs
    ) -> [UInt8]? {
        var content = content
        // Git follows five symbolic refs, too.
        for _ in 0...5 {
            switch content {
            case .id(let id): return id
            case .broken: return nil
            case .symbolic(let name):
                if let next = loose.refs.first(where: { $0.name == name }) {
                    content = next.content
                } else {
                    return packed[name].map { Array($0.utf8) }
                }
            }
        }
        return nil
    }

    /// Returns the content of a file of the mirror, or `nil` if the file does not exist.
    private static func read(_ name: String, of mirror: String) throws(MirrorRefsError) -> [UInt8]?
    {
        let file = open("\(mirror)/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(name, errno)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable(name, errno) }
        let size = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = Glibc.read(file, buffer.baseAddress.map { $0 + count }, size - count)
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { return }
                count += read
            }
        }
        guard bytes.count == size else { throw .unreadable(name, EIO) }
        return bytes
    }
}

/// The error for refs of a mirror that cannot be read.
enum MirrorRefsError: Error, Equatable {
    /// This file of the mirror has no valid content.
    case damaged(String)
    /// This file of the mirror cannot be read, with this error number.
    case unreadable(String, Int32)

    /// Returns the failure of the import.
    func failure(of mirror: String) -> ImportFailure {
        switch self {
        case .damaged(let file):
            return .damage(of: mirror, "\(file) is missing or has no valid content")
        case .unreadable(let file, let code):
            return ImportFailure(
                .machineFault,
                "Cannot read \(mirror)/\(file): \(errorText(code))."
            )
        }
    }
}

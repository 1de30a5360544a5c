// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

extension MirrorRefs {
    /// Returns the ids of those refs of a list about whose objects packed-refs says nothing yet.
    func unknownIDs(in list: RefList) -> [String] {
        var ids: Set<String> = []
        RefList.pair(list, self.peeled()) { line, old in
            guard let line, old.map({ Self.peel(of: line, in: $0) }) ?? nil == nil else { return }
            ids.insert(line.idText)
        }
        return ids.sorted()
    }

    /// Makes these refs the only ones of the mirror.
    ///
    /// The refs are all in packed-refs, and one rename(2) replaces the old ones by the new ones. So
    /// there is no moment in which the tip of an old ref is unreachable although its successor is
    /// not there yet, even if `a` is deleted and `a/b` is created, and even if the worker or the
    /// machine stops in the middle. A transaction of `git update-ref` cannot do that: it does not
    /// accept two such names. The files of single refs are removed last. Until then their old
    /// content takes precedence, and the next import repeats the change.
    ///
    /// - Parameters:
    ///   - list: The refs. Their objects must exist.
    ///   - mirror: The path of the mirror.
    ///   - tags: The object that each tag object points to in the end, by the id of the tag.
    func replace(
        with list: RefList,
        in mirror: String,
        tags: [String: String]
    ) throws(ImportFailure) {
        var content = Array("# pack-refs with: peeled fully-peeled sorted \n".utf8)
        content.reserveCapacity(max(self.packed.size, list.size))
        RefList.pair(list, self.peeled()) { line, old in
            guard let line else { return }
            content.append(contentsOf: line.id)
            content.append(UInt8(ascii: " "))
            content.append(contentsOf: line.name)
            content.append(UInt8(ascii: "\n"))
            if let known = old.flatMap({ Self.peel(of: line, in: $0) }) {
                content.append(contentsOf: known)
            } else if let target = tags[line.idText] {
                content.append(contentsOf: "^\(target)\n".utf8)
            }
        }
        try replaceFile("packed-refs", of: mirror, with: content)
        self.removeLoose(mirror)
    }

    /// Returns the packed refs with an id of the form `<id>`, or `<id>^<id>` for a tag.
    private func peeled() -> RefList {
        let builder = RefListBuilder(capacity: self.packed.size)
        guard self.packed.isPeeled else { return [:] }
        self.packed.forEach { line, target in
            guard let target else { return builder.append(line) }
            let id = Array(line.id) + [UInt8(ascii: "^")] + target
            id.withUnsafeBytes { builder.append(RefLine(id: $0, name: line.name)) }
        }
        return builder.finish()
    }

    /// Returns the line `^<id>` of a packed ref if the ref has the same id as before, or `nil`.
    ///
    /// The result is empty if the ref is not a tag.
    private static func peel(of line: RefLine, in old: RefLine) -> [UInt8]? {
        let start = UnsafeRawBufferPointer(rebasing: old.id.prefix(line.id.count))
        guard RefLine.order(start, line.id) == 0 else { return nil }
        let rest = old.id.dropFirst(line.id.count)
        return rest.isEmpty ? [] : Array(rest) + [UInt8(ascii: "\n")]
    }

    /// Removes the files of single refs, and the folders that are empty then.
    private func removeLoose(_ mirror: String) {
        let mirror = BytePath(mirror)
        for ref in self.loose.refs { _ = mirror.appending(ref.name.bytes).withCString(unlink) }
        // Git considers a folder without refs/heads no repository.
        let needed = ["refs/heads", "refs/tags"].map { Array($0.utf8) }
        for folder in self.loose.folders.reversed() where !needed.contains(folder) {
            _ = mirror.appending(folder).withCString(rmdir)
        }
    }
}

/// Replaces a file of a mirror as git does: writes the new content to the file's lock file, which
/// is then renamed.
///
/// Both the content and the name are on the disk afterwards. The file keeps its permissions, which
/// somebody may have chosen so that another user can read the mirror.
///
/// - Throws: ``ImportFailure`` with the reason. The old file is still there.
func replaceFile(
    _ name: String,
    of mirror: String,
    with content: [UInt8]
) throws(ImportFailure) {
    let lock = "\(mirror)/\(name).lock"
    let file = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    var code = file < 0 ? errno : 0
    if file >= 0 {
        var old = stat()
        if stat("\(mirror)/\(name)", &old) == 0 { fchmod(file, old.st_mode & 0o777) }
        code = content.withUnsafeBytes { writeAll($0, to: file) }
        if code == 0, fsync(file) != 0 { code = errno }
        close(file)
        if code == 0, rename(lock, "\(mirror)/\(name)") != 0 { code = errno }
        if code != 0 { unlink(lock) }
    }
    guard code == 0 else {
        throw ImportFailure(.machineFault, "Cannot write \(mirror)/\(name): \(errorText(code)).")
    }
    let folder = open(mirror, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The types of objects that refs point to.
struct ObjectTypes {
    /// The object that each tag object points to in the end, by the id of the tag.
    private(set) var tags: [String: String] = [:]
    private var types: [String: Substring] = [:]

    /// Reads the types of these objects.
    init(of ids: [String], in mirror: String, _ git: Git) throws(ImportFailure) {
        let lines = try Self.check(ids, "%(objectname) %(objecttype)", in: mirror, git)
        for (id, line) in zip(ids, lines) where !line.hasSuffix(" missing") {
            self.types[id] = line.split(separator: " ").last
        }
        let tags = ids.filter { self.types[$0] == "tag" }
        let targets = try Self.check(tags.map { "\($0)^{}" }, "%(objectname)", in: mirror, git)
        for (id, line) in zip(tags, targets) where !line.hasSuffix(" missing") {
            self.tags[id] = String(line)
        }
    }

    /// Returns one line of `git cat-file` for each object.
    private static func check(
        _ objects: [String],
        _ format: String,
        in mirror: String,
        _ git: Git
    ) throws(ImportFailure) -> [Substring] {
        guard !objects.isEmpty else { return [] }
        let result = try git.run(
            ["cat-file", "--batch-check=\(format)"],
            in: mirror,
            input: Array((objects.joined(separator: "\n") + "\n").utf8)
        )
        try result.check()
        return String(decoding: result.output, as: UTF8.self).split(separator: "\n")
    }

    /// Returns the reason why a mirror cannot have a ref with this object, or `nil` if it can.
    func complaint(about name: RefName, id: String) -> String? {
        guard let type = self.types[id] else { return "the source has not sent its object" }
        let isBranch = name == .head || name.bytes.starts(with: "refs/heads/".utf8)
        return isBranch && type != "commit" ? "its object is not a commit, but a \(type)" : nil
    }
}

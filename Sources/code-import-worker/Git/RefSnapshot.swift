// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The refs of a repository and the target of its HEAD, at one moment.
struct RefSnapshot: Equatable {
    /// The target of HEAD.
    enum Head: Equatable {
        /// The full name of a ref, which may not exist yet.
        case ref(RefName)
        /// The id of a commit.
        case detached(String)
    }

    /// The target of HEAD, or `nil` if it is unknown.
    var head: Head?
    /// The object id of each ref, by the name of the ref.
    var refs: [RefName: String]

    init(head: Head? = nil, refs: [RefName: String] = [:]) {
        self.head = head
        self.refs = refs
    }

    /// Parses the output of `git for-each-ref --format='%(objectname) %(refname)'`.
    init(forEachRef output: [UInt8], head: Head?) {
        self.init(head: head)
        for line in output.split(separator: UInt8(ascii: "\n")) {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { continue }
            self.refs[RefName(line[(space + 1)...])] = Self.text(line[..<space])
        }
    }

    /// Parses the output of `git ls-remote --symref`.
    ///
    /// The target of HEAD stays unknown if the source has no HEAD, or if its HEAD points to a ref
    /// that does not exist.
    init(lsRemote output: [UInt8]) {
        self.init()
        for line in output.split(separator: UInt8(ascii: "\n")) {
            guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { continue }
            let (value, name) = (line[..<tab], RefName(line[(tab + 1)...]))
            // A name with "^{}" is not a ref, but the object that a tag points to.
            guard !name.bytes.suffix(3).elementsEqual("^{}".utf8) else { continue }
            if value.starts(with: "ref: ".utf8) {
                if name == .head { self.head = .ref(RefName(value.dropFirst(5))) }
            } else if name == .head {
                self.head = self.head ?? .detached(Self.text(value))
            } else {
                self.refs[name] = Self.text(value)
            }
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The length of the object ids in characters, or `nil` if there are no refs.
    var idLength: Int? { self.refs.values.first?.utf8.count }

    /// Returns the snapshot with the HEAD that a mirror of this source should have.
    ///
    /// If the target is unknown, the mirror keeps its HEAD. The mirror also keeps its HEAD if that
    /// HEAD points to a ref with the same commit as the source's HEAD: a server that does not
    /// report the target of HEAD looks as if its HEAD were detached.
    ///
    /// - Parameter old: The current HEAD of the mirror.
    func following(_ old: Head?) -> RefSnapshot {
        var wanted = self
        switch self.head {
        case nil: wanted.head = old
        case .detached(let id):
            if case .ref(let name) = old, self.refs[name] == id { wanted.head = old }
        case .ref: break
        }
        return wanted
    }

    /// Returns the differences from an older snapshot: HEAD first, then the refs by name.
    func changes(since old: RefSnapshot) -> [RefChange] {
        let names = Set(self.refs.keys).union(old.refs.keys).sorted()
        let refs = names.compactMap { name in
            let change = RefChange(name: name, before: old.refs[name], after: self.refs[name])
            return change.before == change.after ? nil : change
        }
        guard self.head != old.head else { return refs }
        return [RefChange(name: .head, before: old.head?.text, after: self.head?.text)] + refs
    }
}

extension RefSnapshot.Head {
    /// The name of the ref, or the object id, for display.
    var text: String {
        switch self {
        case .ref(let name): name.description
        case .detached(let id): id
        }
    }
}

/// The change of one ref.
struct RefChange: Equatable, CustomStringConvertible {
    private static let mostNamed = 10

    var name: RefName
    /// The old object id, or the old target of HEAD; `nil` if the ref is new.
    var before: String?
    /// The new object id, or the new target of HEAD; `nil` if the ref was deleted.
    var after: String?

    /// A description for the report, for example "refs/heads/main 1a2b3c4..5d6e7f8".
    var description: String {
        switch (self.before.map(Self.short), self.after.map(Self.short)) {
        case (let before?, let after?): "\(self.name) \(before)..\(after)"
        case (nil, let after?): "\(self.name) new \(after)"
        case (let before?, nil): "\(self.name) deleted (was \(before))"
        case (nil, nil): "\(self.name)"
        }
    }

    /// Returns one line that counts the changes and names at most ten of them.
    static func summary(_ changes: [RefChange]) -> String {
        guard !changes.isEmpty else { return "Nothing has changed." }
        let named = changes.prefix(Self.mostNamed).map(\.description).joined(separator: ", ")
        let more = changes.count - Self.mostNamed
        let count = changes.count == 1 ? "1 ref" : "\(changes.count) refs"
        return "\(count) changed: \(named)\(more > 0 ? ", and \(more) more" : "")"
    }

    private static func short(_ value: String) -> String {
        value.hasPrefix("refs/") ? value : String(value.prefix(7))
    }
}

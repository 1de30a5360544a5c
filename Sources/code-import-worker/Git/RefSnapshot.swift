// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The refs of a repository at one moment, and what its HEAD points to.
struct RefSnapshot: Equatable {
    /// What HEAD points to.
    enum Head: Equatable {
        /// A ref, by its full name, which may not exist yet.
        case ref(String)
        /// A commit.
        case detached(String)
    }

    /// nil: not known.
    var head: Head?
    /// The object id of each ref.
    var refs: [String: String]

    /// Makes a snapshot.
    init(head: Head? = nil, refs: [String: String] = [:]) {
        self.head = head
        self.refs = refs
    }

    /// Reads `git for-each-ref --format='%(objectname) %(refname)'`.
    init(forEachRef output: String, head: Head?) {
        self.init(head: head)
        for line in output.split(separator: "\n") {
            guard let space = line.firstIndex(of: " ") else { continue }
            self.refs[String(line[line.index(after: space)...])] = String(line[..<space])
        }
    }

    /// Reads `git ls-remote --symref`.
    ///
    /// HEAD is not known if the source has none, or one that points to nothing.
    init(lsRemote output: String) {
        self.init()
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1)
            // "^{}" is what a tag points to, no ref.
            guard parts.count == 2, !parts[1].hasSuffix("^{}") else { continue }
            let (value, name) = (parts[0], String(parts[1]))
            if value.hasPrefix("ref: ") {
                if name == "HEAD" { self.head = .ref(String(value.dropFirst(5))) }
            } else if name == "HEAD" {
                self.head = self.head ?? .detached(String(value))
            } else {
                self.refs[name] = String(value)
            }
        }
    }

    /// How long the object ids are; nil without refs.
    var idLength: Int? { self.refs.values.first?.utf8.count }

    /// The snapshot with HEAD as git's clone would set it in a mirror of this source whose HEAD is
    /// `old` now.
    ///
    /// A HEAD that is not known stays. So does one that points to a ref with just that commit:
    /// servers that do not say where HEAD points look as if it were detached.
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

    /// What is different from `old`: HEAD first, then the refs by name.
    func changes(since old: RefSnapshot) -> [RefChange] {
        let names = Set(self.refs.keys).union(old.refs.keys).sorted()
        let refs = names.compactMap { name in
            let change = RefChange(name: name, before: old.refs[name], after: self.refs[name])
            return change.before == change.after ? nil : change
        }
        guard self.head != old.head else { return refs }
        return [RefChange(name: "HEAD", before: old.head?.text, after: self.head?.text)] + refs
    }
}

extension RefSnapshot.Head {
    /// The ref's name, or the object id.
    var text: String {
        switch self {
        case .ref(let name): name
        case .detached(let id): id
        }
    }
}

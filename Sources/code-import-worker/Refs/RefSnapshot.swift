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
    /// The refs with their object ids.
    var refs: RefList

    init(head: Head? = nil, refs: RefList = [:]) {
        self.head = head
        self.refs = refs
    }

    /// Returns the snapshot with the HEAD that a mirror of this source should have.
    ///
    /// If the target is unknown, the mirror keeps its HEAD. The mirror also keeps its HEAD if that
    /// HEAD points to a ref with the same commit as the source's HEAD: a server that does not
    /// report the target of HEAD looks as if its HEAD were detached. For the same reason the HEAD
    /// of a new mirror points to a branch if one has that commit, as after `git clone`.
    ///
    /// - Parameter old: The current HEAD of the mirror, or `nil` if the mirror is new.
    func following(_ old: Head?) -> RefSnapshot {
        var wanted = self
        switch self.head {
        case nil: wanted.head = old
        case .detached(let id):
            switch old {
            case nil: wanted.head = self.branch(with: id).map { .ref($0) } ?? self.head
            case .ref(let name): if self.refs[name] == id { wanted.head = old }
            case .detached: break
            }
        case .ref: break
        }
        return wanted
    }

    /// Returns the branch that most likely is the default branch, of those with this commit.
    private func branch(with id: String) -> RefName? {
        let usual: [RefName] = ["refs/heads/main", "refs/heads/master"]
        if let name = usual.first(where: { self.refs[$0] == id }) { return name }
        var branch: RefName?
        self.refs.forEach { line in
            guard branch == nil, line.id.elementsEqual(id.utf8) else { return }
            let name = RefName(line.name)
            if name.bytes.starts(with: "refs/heads/".utf8) { branch = name }
        }
        return branch
    }

    /// Returns the differences from an older snapshot: HEAD first, then the refs by name.
    func changes(since old: RefSnapshot) -> [RefChange] {
        var changes: [RefChange] = []
        if self.head != old.head {
            changes = [RefChange(name: .head, before: old.head?.text, after: self.head?.text)]
        }
        RefList.pair(old.refs, self.refs) { before, after in
            guard let line = before ?? after else { return }
            if let before, let after, before.hasSameID(as: after) { return }
            let name = RefName(line.name)
            changes.append(RefChange(name: name, before: before?.idText, after: after?.idText))
        }
        return changes
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

    /// The id of the commit that HEAD itself refers to, or `nil` if HEAD points to a ref.
    var commit: String? {
        if case .detached(let id) = self { id } else { nil }
    }
}

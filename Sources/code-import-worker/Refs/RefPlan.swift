// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// The changes that make the refs of a mirror equal to those of its source.
struct RefPlan {
    /// The changes, starting with that of HEAD.
    private(set) var changes: [RefChange]
    /// The refs of the source that the mirror cannot get.
    private(set) var refused: [RefusedRef] = []
    private let wanted: RefSnapshot
    private let old: RefList
    private let kept: RefList

    /// Plans the changes, and refuses the new refs whose names the mirror cannot hold.
    ///
    /// - Parameters:
    ///   - wanted: The selected refs of the source, and the HEAD that the mirror should have.
    ///   - old: The refs and the HEAD of the mirror.
    ///   - kept: The refs of the mirror that do not change, because the selection leaves them out.
    init(_ wanted: RefSnapshot, old: RefSnapshot, kept: RefList) {
        self.wanted = wanted
        self.old = old.refs
        self.kept = kept
        self.changes = wanted.changes(since: old)
        self.refuse { change in
            if change.name == .head {
                guard case .ref(let name) = wanted.head else { return nil }
                return RefRules.complaint(about: name.bytes).map {
                    "it points to \(name), but \($0)"
                }
            }
            return change.isNew ? RefRules.complaint(about: change.name.bytes) : nil
        }
        self.refuseConflicts()
    }

    /// Removes changes from the plan; the mirror keeps its old state of these refs.
    ///
    /// - Parameter reason: Returns the reason why the mirror cannot get the change, or `nil`.
    mutating func refuse(_ reason: (RefChange) -> String?) {
        var rest: [RefChange] = []
        for change in self.changes {
            if let reason = reason(change) {
                self.refused.append(RefusedRef(name: change.name, reason: reason))
            } else {
                rest.append(change)
            }
        }
        if rest.count < self.changes.count { self.changes = rest }
    }

    /// The ids of the objects that the mirror needs, each once.
    var ids: [String] {
        var known: Set<String> = []
        return self.changes.compactMap { change in
            guard let id = change.name == .head ? self.newHead?.commit : change.after,
                known.insert(id).inserted
            else { return nil }
            return id
        }
    }

    /// Returns the ids of the objects that the mirror needs, and those of all other refs that the
    /// mirror should have.
    func ids(unchangedOf wanted: RefSnapshot) -> [String] {
        let refused = Set(self.refused.map(\.name))
        var ids = self.ids
        var known = Set(ids)
        wanted.refs.forEach { line in
            guard refused.isEmpty || !refused.contains(RefName(line.name)),
                known.insert(line.idText).inserted
            else { return }
            ids.append(line.idText)
        }
        return ids
    }

    /// The new target of HEAD, or `nil` if HEAD does not change.
    var newHead: RefSnapshot.Head? {
        self.changes.first?.name == .head ? self.wanted.head : nil
    }

    /// Whether a ref changes, apart from HEAD.
    var changesRefs: Bool { self.changes.contains { $0.name != .head } }

    /// The refs of the mirror after the changes.
    var result: RefList {
        let refused = Set(self.refused.map(\.name))
        let selected = RefListBuilder(capacity: self.wanted.refs.size)
        RefList.pair(self.old, self.wanted.refs) { old, new in
            guard let line = new ?? old else { return }
            if !refused.isEmpty, refused.contains(RefName(line.name)) {
                if let old { selected.append(old) }
            } else if let new {
                selected.append(new)
            }
        }
        guard !self.kept.isEmpty else { return selected.finish() }
        let all = RefListBuilder(capacity: self.wanted.refs.size + self.kept.size)
        RefList.pair(selected.finish(), self.kept) { selected, kept in
            if let line = selected ?? kept { all.append(line) }
        }
        return all.finish()
    }

    // MARK: - Conflicts

    /// Refuses new refs of which one would be a folder of the other, such as `a` and `a/b`.
    ///
    /// Git cannot hold both. A ref that the mirror has already stays. Otherwise the shorter
    /// name is refused, so that a single ref cannot keep out all the refs below its name.
    private mutating func refuseConflicts() {
        guard self.changes.contains(where: \.isNew) else { return }
        let refused = Set(self.refused.map(\.name))
        let (wanted, old, kept) = (
            RefIndex(self.wanted.refs), RefIndex(self.old), RefIndex(self.kept)
        )
        self.refuse { change in
            guard change.isNew, change.name != .head else { return nil }
            let name = change.name
            let parent = name.parents.first { parent in
                kept.contains(parent) || old.contains(parent) && wanted.contains(parent)
            }
            let child = wanted.firstName(below: name) { !refused.contains($0) }
            guard let other = parent ?? child ?? kept.firstName(below: name, where: { _ in true })
            else { return nil }
            return "the mirror cannot hold it beside \(other)"
        }
    }
}

/// The names of a list in an array, for a binary search.
private struct RefIndex {
    private let names: [RefName]

    init(_ list: RefList) { self.names = list.names }

    func contains(_ name: RefName) -> Bool {
        let index = self.lowerBound(name)
        return index < self.names.count && self.names[index] == name
    }

    /// Returns the first name that has `name` as a folder and satisfies the condition, or `nil`.
    func firstName(below name: RefName, where condition: (RefName) -> Bool) -> RefName? {
        let folder = RefName(name.bytes + [UInt8(ascii: "/")])
        return self.names[self.lowerBound(folder)...]
            .prefix { $0.bytes.starts(with: folder.bytes) }
            .first(where: condition)
    }

    private func lowerBound(_ name: RefName) -> Int {
        var (low, high) = (0, self.names.count)
        while low < high {
            let middle = (low + high) / 2
            if self.names[middle] < name { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension RefName {
    /// The names that a folder of this name has, for example `refs/heads/a` of `refs/heads/a/b`.
    fileprivate var parents: [RefName] {
        self.bytes.indices.filter { self.bytes[$0] == UInt8(ascii: "/") }
            .map { RefName(self.bytes[..<$0]) }
    }
}

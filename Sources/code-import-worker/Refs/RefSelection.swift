// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport

/// The choice of the refs that an import mirrors.
///
/// A ref is mirrored if a positive pattern matches its name and no negative pattern does. The
/// worker's own refs are never mirrored, so that the mirror of a mirror does not get them.
struct RefSelection {
    /// The part of a mirror's names where the worker keeps the tips of an unfinished fetch.
    static let ownPrefix: StaticString = "refs/worker-monitor/"

    /// The pattern of the worker's own refs.
    static let own = "\(Self.ownPrefix)*"

    /// The patterns of the refs that hosting sites add to a repository by the thousand.
    ///
    /// GitHub, Gitea, Gogs and Azure DevOps add `refs/pull/*`; Bitbucket `refs/pull-requests/*`;
    /// Launchpad `refs/merge/*`; Gerrit `refs/changes/*`, `refs/cache-automerge/*`,
    /// `refs/draft-comments/*` and `refs/starred-changes/*`; and GitLab the others.
    static let ofHostingSites = [
        "refs/cache-automerge/*", "refs/changes/*", "refs/draft-comments/*", "refs/environments/*",
        "refs/keep-around/*", "refs/merge/*", "refs/merge-requests/*", "refs/pipelines/*",
        "refs/pull/*", "refs/pull-requests/*", "refs/starred-changes/*", "refs/tmp/*",
        "refs/workloads/*",
    ]

    private var positive: [RefPattern] = []
    private var negative: [RefPattern] = []
    /// Whether the selection leaves out the refs of hosting sites because no positive pattern says
    /// which refs to mirror.
    let isDefault: Bool

    /// Parses the values of `--refs`.
    ///
    /// - Parameter patterns: Patterns such as `refs/heads/*`, or `^refs/heads/tmp/*` for refs that
    ///   are not mirrored. Without a positive pattern all refs are mirrored, except those that
    ///   ``ofHostingSites`` matches.
    /// - Throws: ``RefPatternError`` for a malformed pattern.
    init(_ patterns: [String] = []) throws(RefPatternError) {
        for text in patterns {
            let pattern = try RefPattern(text)
            if pattern.isNegative {
                self.negative.append(pattern)
            } else {
                self.positive.append(pattern)
            }
        }
        self.isDefault = self.positive.isEmpty
        if self.isDefault {
            self.positive = [try RefPattern("refs/*")]
            for text in Self.ofHostingSites { self.negative.append(try RefPattern(text)) }
        }
        self.negative.append(try RefPattern(Self.own))
    }

    /// Returns whether the import mirrors the ref, and if not, which pattern leaves it out.
    ///
    /// Refs come sorted, and most patterns concern a whole namespace such as `refs/pull/`. So the
    /// method remembers the verdict on a namespace, because a list may have 500,000 refs.
    mutating func verdict(on name: UnsafeRawBufferPointer) -> Verdict {
        let namespace = Self.namespace(of: name)
        if !self.namespace.withUnsafeBytes({ RefLine.order($0, namespace) == 0 }) {
            self.namespace = Array(namespace)
            self.verdictOnNamespace = self.verdict(onNamespace: namespace)
        }
        return self.verdictOnNamespace ?? self.verdict(onName: name)
    }

    private var namespace: [UInt8] = []
    private var verdictOnNamespace: Verdict?

    /// Returns the first two parts of a name with their slashes, or nothing if it has only two.
    private static func namespace(of name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = 5  // The length of "refs/".
        guard let base = name.baseAddress, name.count > start,
            let slash = memchr(base + start, Int32(UInt8(ascii: "/")), name.count - start)
        else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base, count: UnsafeRawPointer(slash) + 1 - base)
    }

    private func verdict(onName name: UnsafeRawBufferPointer) -> Verdict {
        if let pattern = self.negative.first(where: { $0.matches(name) }) {
            return .leftOut(by: pattern.text)
        }
        return self.positive.contains { $0.matches(name) } ? .mirrored : .leftOut(by: nil)
    }

    /// Returns the verdict that all refs of a namespace have in common, or `nil` if it depends on
    /// the rest of the name.
    private func verdict(onNamespace namespace: UnsafeRawBufferPointer) -> Verdict? {
        guard !namespace.isEmpty else { return nil }
        for pattern in self.negative {
            switch pattern.matches(namespace: namespace) {
            case nil: return nil
            case true?: return .leftOut(by: pattern.text)
            case false?: continue
            }
        }
        let matches = self.positive.map { $0.matches(namespace: namespace) }
        if matches.contains(true) { return .mirrored }
        return matches.contains(nil) ? nil : .leftOut(by: nil)
    }

    /// The decision about one ref.
    enum Verdict {
        case mirrored
        /// The negative pattern that matches, or `nil` if no positive pattern matches.
        case leftOut(by: String?)
    }
}

extension RefPattern {
    fileprivate func matches(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let suffix else {
            return self.prefix.withUnsafeBytes { RefLine.order($0, name) == 0 }
        }
        guard name.count >= self.prefix.count + suffix.count else { return false }
        let start = UnsafeRawBufferPointer(rebasing: name.prefix(self.prefix.count))
        guard self.prefix.withUnsafeBytes({ RefLine.order($0, start) == 0 }) else { return false }
        let end = UnsafeRawBufferPointer(rebasing: name.suffix(suffix.count))
        return suffix.withUnsafeBytes { RefLine.order($0, end) == 0 }
    }

    /// Returns whether the pattern matches every ref of a namespace or none, or `nil` if it
    /// matches some.
    fileprivate func matches(namespace: UnsafeRawBufferPointer) -> Bool? {
        let common = min(namespace.count, self.prefix.count)
        let isRelated = namespace.prefix(common).elementsEqual(self.prefix.prefix(common))
        guard isRelated else { return false }
        return self.suffix?.isEmpty == true && self.prefix.count <= namespace.count ? true : nil
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// A source that was cloned with a filter, so that it lacks objects.
///
/// Such a repository names another one, its promisor remote, from which git fetches an object when
/// it needs it. The worker does not let a source decide which other hosts are connected, so git
/// runs with GIT_NO_LAZY_FETCH, which git knows since 2.39.4.
enum PartialClone {
    static let failure = ImportFailure(
        .remoteBroken,
        "The source is a partial clone, which lacks objects. Import the repository from which it was "
            + "cloned, or fetch the missing objects there with: git fetch --refetch --no-filter"
    )

    /// Returns whether git, here or at the source, has missed an object that another repository
    /// has promised.
    static func isNamed(in complaints: [String]) -> Bool {
        let texts = ["from promisor remote", "lazy fetching disabled", "promisor object"]
        return complaints.contains { line in texts.contains { line.contains($0) } }
    }
}

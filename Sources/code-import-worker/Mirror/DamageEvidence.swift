// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Messages of git that a damaged mirror may have caused.
///
/// Git often blames the source: if an object of the mirror is unreadable, it reports that the
/// source "did not send all necessary objects". The worker therefore checks the mirror after such
/// a message.
enum DamageEvidence {
    /// The message about a mirror with another object format than its source.
    static let otherFormat = "mismatched algorithms"

    // Parts of the messages of git 2.39 about objects, packs, refs, and files derived from them.
    private static let texts = [
        "corrupt", " is empty", "bad object", "missing object", "missing blob", "missing tree",
        "missing commit", "unable to read", "unable to unpack", "unpack-objects failed",
        "does not match index", "index file", "packfile", "unresolved delta", "inflate",
        "did not send all necessary objects", "traverse parents", "Could not read ",
        "revision walk", "bad shallow line", "shallow file", "commit-graph", "multi-pack-index",
        "broken ref", "unexpected line in ", "unterminated line in ", "bad config",
        "not a git repository: ", "refusing to fetch into", Self.otherFormat,
        "bad tree object", "bad index-pack", "invalid index-pack output", "Permission denied",
        "unable to update local ref", "unable to resolve reference", "has null sha1",
        "is a non-commit object", "hash mismatch", "garbage at end", "invalid object",
        "not a valid object", "Not a valid object", "failed to read object", "delta base",
    ]

    /// Returns the messages of git that may have their cause in the mirror.
    ///
    /// The server chooses the text after "remote: ", which says nothing about the mirror.
    static func lines(in complaints: [String]) -> [String] {
        complaints.filter { line in
            !line.hasPrefix("remote: ") && self.texts.contains { line.contains($0) }
        }
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Where to import from: a URL, or a path on this machine.
struct SourceAddress: Equatable {
    /// What git is given and the mirror remembers: without a password; a path is absolute.
    let address: String
    /// The whole URL, if it has a log-in that git needs to get in.
    var addressWithLogin: String?
    /// What must never be printed.
    var secrets: [String] = []
}

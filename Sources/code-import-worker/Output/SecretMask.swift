// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// Hides log-ins and queries of URLs, wherever they turn up in a line.
struct SecretMask {
    /// Secrets that are known, hidden outside of URLs too.
    private let secrets: [String]

    /// Makes a mask that also knows these secrets; very short ones would only garble the lines.
    init(secrets: [String] = []) {
        self.secrets = secrets.filter { $0.utf8.count >= 4 }.sorted {
            $0.utf8.count > $1.utf8.count
        }
    }

    /// The line with `***` for each secret.
    func masked(_ line: String) -> String {
        let result = URLMask.masked(line)
        return self.secrets.reduce(result) { $0.replacing($1, with: "***") }
    }
}

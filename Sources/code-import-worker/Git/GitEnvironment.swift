// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The environment in which git runs: it asks nobody, speaks English, and knows of no other
/// repository.
enum GitEnvironment {
    // Set when we are started from a hook or an alias; they would make git work on that repository.
    private static let ofAnotherRepository = [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_NAMESPACE",
        "GIT_PREFIX", "GIT_QUARANTINE_PATH", "GIT_CONFIG",
    ]

    /// Makes the environment out of our own.
    static func variables(from own: [String: String], for source: SourceAddress) -> [String: String]
    {
        var result = own.filter { !Self.ofAnotherRepository.contains($0.key) }
        result["GIT_TERMINAL_PROMPT"] = "0"
        result["GIT_ASKPASS"] = "false"
        result["SSH_ASKPASS"] = "false"
        result["GCM_INTERACTIVE"] = "never"
        result["GIT_ALLOW_PROTOCOL"] = AllowedTransports.environmentValue(
            operators: own["GIT_ALLOW_PROTOCOL"]
        )
        // Either says how to reach ssh; GIT_SSH_COMMAND would win over the operator's GIT_SSH.
        if own["GIT_SSH_COMMAND"] == nil, own["GIT_SSH"] == nil {
            result["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes"
        }
        // Git's messages are matched, see GitComplaint.
        result["LC_ALL"] = "C"
        if let login = source.addressWithLogin {
            Self.replace(source.address, by: login, in: &result)
        }
        return result
    }

    /// Has git use the URL with the log-in where it is given the one without.
    ///
    /// This way the log-in is neither in git's arguments, which everybody can see, nor in the
    /// mirror's config.
    private static func replace(
        _ address: String,
        by login: String,
        in variables: inout [String: String]
    ) {
        let count = variables["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
        variables["GIT_CONFIG_COUNT"] = "\(count + 1)"
        variables["GIT_CONFIG_KEY_\(count)"] = "url.\(login).insteadOf"
        variables["GIT_CONFIG_VALUE_\(count)"] = address
    }
}

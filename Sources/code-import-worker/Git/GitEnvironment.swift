// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The environment of git.
///
/// With it, git never prompts, writes its messages in English, and works only on the repository
/// that its arguments name.
enum GitEnvironment {
    // Git sets these variables for hooks and aliases. With them, a worker that is started by a hook
    // would work on the repository of the hook.
    private static let ofAnotherRepository = [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_NAMESPACE",
        "GIT_PREFIX", "GIT_QUARANTINE_PATH", "GIT_CONFIG",
    ]

    /// Returns the environment of the worker with the necessary changes.
    static func variables(from own: [String: String], for source: SourceAddress) -> [String: String]
    {
        var result = own.filter { !Self.ofAnotherRepository.contains($0.key) }
        result["GIT_TERMINAL_PROMPT"] = "0"
        result["GIT_ASKPASS"] = "false"
        result["SSH_ASKPASS"] = "false"
        result["GCM_INTERACTIVE"] = "never"
        // A source on this machine could otherwise make git connect to any other host;
        // see `PartialClone`.
        result["GIT_NO_LAZY_FETCH"] = "1"
        result["GIT_ALLOW_PROTOCOL"] = AllowedTransports.environmentValue(
            operators: own["GIT_ALLOW_PROTOCOL"]
        )
        // GIT_SSH_COMMAND takes precedence over GIT_SSH. So the worker sets it only if the operator
        // has set neither of the two variables.
        if own["GIT_SSH_COMMAND"] == nil, own["GIT_SSH"] == nil {
            result["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes"
        }
        // GitComplaint matches the English messages.
        result["LC_ALL"] = "C"
        if let login = source.addressWithLogin {
            Self.replace(source.address, by: login, in: &result)
        }
        return result
    }

    /// Makes git replace the address by the URL with the login.
    ///
    /// The login then appears neither in git's arguments, which every user can see, nor in the
    /// configuration of the mirror.
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

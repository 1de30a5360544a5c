// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// The environment of git.
///
/// With it, git never prompts, writes its messages in English, and works only on the repository
/// that its arguments name.
enum GitEnvironment {
    /// The variables of git that say how to reach a host, or that help to find an error.
    ///
    /// Git sets many others for hooks and aliases. With them, a worker that is started by a hook
    /// would work on the repository of the hook, or fail. Still others change what git writes into
    /// a repository, for example GIT_DEFAULT_HASH and GIT_TEMPLATE_DIR.
    private static let kept = [
        "GIT_ALLOW_PROTOCOL", "GIT_EXEC_PATH", "GIT_REDACT_COOKIES", "GIT_SMART_HTTP", "GIT_SSH",
        "GIT_SSH_COMMAND", "GIT_SSH_VARIANT",
    ]
    private static let keptPrefixes = [
        "GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CURL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_SSL_",
        "GIT_TEST_", "GIT_TRACE", "GIT_TR2_",
    ]

    /// Variables with which a program could find a person to ask: a desktop, or a terminal that is
    /// not the worker's own.
    private static let ofPersons = ["DISPLAY", "WAYLAND_DISPLAY", "GPG_TTY"]

    /// Returns the environment for the command that lists the operator's settings.
    ///
    /// - Parameter remote: The address of the source, which decides about `includeIf.hasconfig`.
    static func forSettings(from own: [String: String], remote: String) -> [String: String] {
        var result = self.common(from: own)
        for (name, value) in own where name.hasPrefix("GIT_CONFIG") && name != "GIT_CONFIG" {
            result[name] = value
        }
        let count = own["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
        result["GIT_CONFIG_COUNT"] = "\(count + 1)"
        result["GIT_CONFIG_KEY_\(count)"] = "remote.origin.url"
        result["GIT_CONFIG_VALUE_\(count)"] = remote
        return result
    }

    /// Returns the environment for the commands that work on the mirror.
    ///
    /// - Parameters:
    ///   - own: The environment of the worker.
    ///   - settings: The operator's settings.
    ///   - configuration: The path of the file that replaces the operator's configuration.
    ///   - enforced: The settings that take precedence over the configuration of the mirror.
    static func variables(
        from own: [String: String],
        _ settings: GitSettings,
        configuration: String,
        enforced: [GitSettings.Entry] = [],
        sshOptions: String = ""
    ) -> [String: String] {
        var result = self.common(from: own)
        result["GIT_CONFIG_NOSYSTEM"] = "1"
        result["GIT_CONFIG_SYSTEM"] = "/dev/null"
        result["GIT_CONFIG_GLOBAL"] = configuration
        result["GIT_SSH_COMMAND"] = SSHCommand.value(from: own, settings, options: sshOptions)
        if own["GIT_SSH_VARIANT"] == nil,
            let variant = settings.last(GitSettingKey("ssh", name: "variant"))
        {
            result["GIT_SSH_VARIANT"] = variant
        }
        result["GIT_CONFIG_COUNT"] = "\(enforced.count)"
        for (index, entry) in enforced.enumerated() {
            result["GIT_CONFIG_KEY_\(index)"] = entry.key.text
            result["GIT_CONFIG_VALUE_\(index)"] = entry.text
        }
        return result
    }

    private static func common(from own: [String: String]) -> [String: String] {
        var result = own.filter { name, _ in
            guard name.hasPrefix("GIT_") else {
                return !self.ofPersons.contains(name) && name != ImportLogin.variable
            }
            return self.kept.contains(name) || self.keptPrefixes.contains(where: name.hasPrefix)
        }
        result["GIT_TERMINAL_PROMPT"] = "0"
        result["GIT_ASKPASS"] = "false"
        result["SSH_ASKPASS"] = "false"
        result["SSH_ASKPASS_REQUIRE"] = "never"
        result["GCM_INTERACTIVE"] = "never"
        // A source on this machine could otherwise make git connect to any other host;
        // see `PartialClone`.
        result["GIT_NO_LAZY_FETCH"] = "1"
        result["GIT_ALLOW_PROTOCOL"] = AllowedTransports.environmentValue(
            operators: own["GIT_ALLOW_PROTOCOL"]
        )
        // A mirror stores the refs in refs/replace/, but must not apply them: a wrong one at the
        // source would make the fetch of all other refs fail.
        result["GIT_NO_REPLACE_OBJECTS"] = "1"
        // GitComplaint matches the English messages.
        result["LC_ALL"] = "C"
        return result
    }
}

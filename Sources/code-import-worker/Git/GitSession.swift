// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import ProgramSupport
internal import Reactor

/// The settings with which git runs, and the decisions after a response that is not a success.
final class GitSession {
    private static let redirectStatus = [301, 302, 303, 307, 308]

    /// Whether the next command lists the operator's settings.
    var readsSettings = false
    /// The result of the command that could not read the configuration of the mirror.
    var mirrorFailure: GitResult?
    private let own: [String: String]
    private(set) var settings = GitSettings()
    private(set) var route: SourceRoute
    /// The file that takes the place of the operator's configuration.
    ///
    /// The login is in this file and not in a variable, because all helpers of git inherit
    /// the variables.
    private let configuration: MemoryFile
    /// The login in the form of a credential helper's answer, or `nil` before the server has asked.
    private var answer: MemoryFile?

    private let access: AccessCheck

    /// - Parameters:
    ///   - own: The environment of the worker.
    ///   - access: The check of each place that the source leads to.
    init(
        _ source: SourceAddress,
        environment own: [String: String],
        access: AccessCheck = AccessCheck()
    ) throws(ImportFailure) {
        self.own = own
        self.access = access
        self.route = SourceRoute(to: source)
        self.configuration = try Self.memoryFile("configuration")
    }

    static func memoryFile(_ name: String) throws(ImportFailure) -> MemoryFile {
        do {
            return try MemoryFile(name)
        } catch {
            throw ImportFailure(.machineFault, "Cannot create a \(error).")
        }
    }

    /// Returns the value of a variable in the environment of the worker.
    func variable(_ name: String) -> String? { self.own[name] }

    /// The environment of the commands that git runs next.
    var environment: [String: String] {
        if self.readsSettings {
            // With the URL, git also reads the files of includeIf.hasconfig:remote.*.url.
            return GitEnvironment.forSettings(from: self.own, remote: self.route.source.address)
        }
        var result = GitEnvironment.variables(
            from: self.own,
            self.settings,
            configuration: self.configuration.path,
            enforced: self.route.enforcedEntries,
            sshOptions: self.route.pins?.sshOptions ?? ""
        )
        if let host = self.route.url.flatMap({ self.route.pins?.gitURL($0)?.virtualHost }) {
            result["GIT_OVERRIDE_VIRTUAL_HOST"] = host
        }
        return result
    }

    /// Takes the operator's settings.
    func use(_ settings: GitSettings) throws(ImportFailure) {
        self.settings = settings
        let netrc = self.own["NETRC"] ?? self.own["HOME"].map { "\($0)/.netrc" }
        self.route = SourceRoute(
            to: self.route.source,
            settings,
            hasNetrc: netrc.map { FileManager.default.fileExists(atPath: $0) } ?? false
        )
        try self.checkPlace()
        try self.writeConfiguration()
    }

    /// Checks the place that the route leads to.
    private func checkPlace() throws(ImportFailure) {
        let variables = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        let hasProxy = self.settings.entries.contains {
            $0.key.section == "http" && $0.key.name == "proxy" && !$0.text.isEmpty
        }
        let isProxied = hasProxy || variables.contains { self.own[$0]?.isEmpty == false }
        self.route.pins = try self.access.pins(for: self.route, isProxied: isProxied)
    }

    private func writeConfiguration() throws(ImportFailure) {
        let helper = self.answer.map { "!f() { test \"$1\" = get && cat \($0.path); }; f" }
        let bytes = GitSettings.file(self.route.fileEntries(helper: helper))
        let code = self.configuration.replace(by: bytes)
        guard code != 0 else { return }
        throw ImportFailure(.machineFault, "Cannot store the settings for git: \(errorText(code)).")
    }

    // MARK: - Responses

    /// Decides how to continue after a response that is not a success.
    ///
    /// - Returns: Whether git should run again.
    /// - Throws: ``ImportFailure`` if a redirect leads to a place that is not allowed.
    func hasOtherWay(after result: GitResult) throws(ImportFailure) -> Bool {
        guard !self.readsSettings, !result.exit.isSuccess, self.route.isWeb,
            let response = result.http.last
        else { return false }
        if Self.redirectStatus.contains(response.status), response.isOfRefs,
            let location = response.headers["location"]
        {
            try self.route.follow(location)
            try self.checkPlace()
            try self.writeConfiguration()
            return true
        }
        return try self.answerChallenge(response)
    }

    /// Lets git send the login by the method that the server wants if that is not Basic.
    private func answerChallenge(_ response: HTTPTrace.Response) throws(ImportFailure) -> Bool {
        guard response.status == 401, self.route.loginMode == .first,
            let challenges = response.headers["www-authenticate"]?.lowercased(),
            !challenges.isEmpty, !challenges.contains("basic"),
            let bytes = self.route.login?.answerOfHelper
        else { return false }
        let answer = try Self.memoryFile("login")
        guard answer.replace(by: bytes) == 0 else { return false }
        self.answer = answer
        self.route.waitForChallenge()
        try self.writeConfiguration()
        return true
    }

    /// Adds the reason to the messages of git if it is the login of the URL.
    ///
    /// Git complains that it cannot prompt for a user, although the URL contains one.
    ///
    /// - Throws: ``ImportFailure`` if the source needs the login, but is on another host.
    func explain(_ result: inout GitResult) throws(ImportFailure) {
        guard !self.readsSettings, !result.exit.isSuccess, Self.isRefused(result) else { return }
        if self.route.hasDroppedLogin {
            throw ImportFailure(
                .invalidSource,
                "The URL leads to \(self.route.address), which requires a login. The login of a "
                    + "URL is not sent to another host. Import that URL instead."
            )
        }
        guard self.route.loginMode == .first else { return }
        result.complaints.append("fatal: Authentication failed for '\(self.route.address)'")
    }

    /// Returns whether a line of git is about a redirect, which git does not follow itself.
    static func isRedirect(_ line: String) -> Bool {
        line.contains("unable to access '")
            && self.redirectStatus.contains { line.hasSuffix("returned error: \($0)") }
    }

    private static func isRefused(_ result: GitResult) -> Bool {
        result.complaints.contains { line in
            [
                "could not read Username for '", "could not read Password for '",
                "Authentication failed for '", "The requested URL returned error: 401",
            ].contains(where: line.contains)
        }
    }
}

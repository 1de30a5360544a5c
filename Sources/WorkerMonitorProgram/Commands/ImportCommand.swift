// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import ArgumentParser
internal import LocalScheduler
internal import ProgramSupport
internal import WorkerMonitor

/// The command `worker-monitor import`: imports a repository, with a subcommand for each
/// source type.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import a repository as a job, and supervise the import.",
        subcommands: [ImportGitCommand.self]
    )
}

/// The command `worker-monitor import git URL`: imports one Git repository with code-import-worker.
struct ImportGitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git",
        abstract: "Import a Git repository into a bare mirror.",
        usage: "worker-monitor import git [<options>] <url>",
        discussion: """
            The first import clones the repository, later imports fetch from it. The status of the \
            job is SUCCESS if the source had new revisions, and SUCCESS_NOCHANGE if it had none.

            EXAMPLES
              worker-monitor import git https://example.org/project.git --into /srv/mirrors
              worker-monitor import git /home/me/project
            """
    )

    @OptionGroup var options: MonitorOptions

    @Argument(
        help: ArgumentHelp("Repository: a URL, or a path on this machine.", valueName: "url")
    )
    var url: String

    @Option(
        help: ArgumentHelp(
            "Folder of the mirrors, created if missing (default: mirrors, beside the store).",
            valueName: "folder"
        )
    )
    var into: String?

    @Option(
        help: ArgumentHelp(
            """
            File with rules about the schemes, hosts and addresses of sources; see \
            'code-import-worker help git'.
            """,
            valueName: "file"
        )
    )
    var accessPolicy: String?

    @Option(
        help: ArgumentHelp(
            """
            Mirror only these refs, for example 'refs/heads/*'; with ^ before the pattern, leave \
            them out. May be repeated (default: all refs, except those of hosting sites such \
            as refs/pull/*).
            """,
            valueName: "pattern"
        )
    )
    var refs: [String] = []

    @Option(
        help: Seconds.help(
            "End git after this many seconds in which no data arrives, nothing is written and no CPU "
                + "time is used; 0 disables the limit",
            default: Seconds(120)
        ),
        transform: Seconds.parse
    )
    var stallTimeout: Seconds?

    func validate() throws {
        try MonitorOptions.checkPaths([("--into", self.into)])
        do {
            _ = try self.refs.map(RefPattern.init)
        } catch {
            throw ValidationError("\(error)")
        }
        let isBlank = self.url.allSatisfy(\.isWhitespace)
        let hasControls = self.url.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
        guard !isBlank, !hasControls else {
            let url = URLMask.masked(address: self.url).debugDescription
            throw ValidationError(
                "The URL \(url) is empty or contains control characters. "
                    + "Name a repository, for example https://example.org/project.git"
            )
        }
        do throws(AccessPolicyError) {
            if let policy = self.accessPolicy { _ = try AccessPolicy(file: policy) }
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        let paths = ProgramPaths(store: self.options.store, logFolder: self.options.logDir)
        let folder = ProgramPaths.absolute(self.into ?? paths.mirrors)
        var configuration = self.options.configuration(
            exitCodes: .import,
            workerCommand: [ProgramPaths.siblingProgram("code-import-worker")]
        )
        // All users can see the arguments of a process, but not its environment.
        let (address, login) = Self.separatingLogin(self.url)
        if let login { configuration.environment[ImportLogin.variable] = login }
        let session = JobSession(
            order: .git(
                url: address,
                into: folder,
                arguments: self.workerArguments(folder, address),
                every: nil
            ),
            configuration: configuration,
            options: self.options,
            title: "import git \(ReadableText.escaped(URLMask.masked(address: self.url)))"
        )
        throw ExitCode(session.run())
    }

    /// Returns the arguments of code-import-worker, which has the same default for the stall limit.
    func workerArguments(_ folder: String, _ address: String) -> [String] {
        let policy = self.accessPolicy.map { ["--access-policy", ProgramPaths.absolute($0)] } ?? []
        let limit = self.stallTimeout.map { ["--stall-timeout", "\($0)"] } ?? []
        let refs = self.refs.flatMap { ["--refs", $0] }
        return ["git", "--into", folder] + policy + refs + limit + ["--", address]
    }

    /// Separates the login from a web URL, and removes the password, which has no use, from
    /// any other.
    static func separatingLogin(_ address: String) -> (address: String, login: String?) {
        guard let url = RepositoryURL(address), url.login != nil, url.scheme != "file" else {
            return (address, nil)
        }
        return (url.withoutSecrets.text, url.isWeb ? url.login : nil)
    }
}

#endif

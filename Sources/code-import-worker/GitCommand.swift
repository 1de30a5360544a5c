// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import ArgumentParser
internal import Glibc
internal import ProgramSupport

/// The command `code-import-worker git URL --into DIR`.
struct GitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git",
        abstract: "Import a Git repository into a bare mirror.",
        usage: "code-import-worker git [<options>] <url> --into <folder>",
        discussion: """
            The first import clones the repository, later imports fetch from it. The mirror is \
            <folder>/<name>.git. The name consists of the end of the URL and a hash of the whole \
            URL, so two repositories never share a mirror. A ref that the source deletes is \
            deleted in the mirror, and HEAD follows the source. A failed import changes no ref. An \
            interrupted clone never looks like a mirror, and the next run removes its files.

            The URL may be http, https, git, ssh or file, user@host:path, or a path on this \
            machine. The worker refuses other kinds of URL, and those that GIT_ALLOW_PROTOCOL \
            omits if that environment variable is set. It requires git 2.32 or later.

            The login of a web URL goes with the first request, and to no other host. It is not \
            printed, not stored in the mirror, and in the arguments of no process for longer than \
            the worker takes to start. The variable \(ImportLogin.variable) can hold it instead: \
            user:password, percent-encoded as in a URL.

            The worker uses the settings of git that say how to reach a host (http, credential, \
            url.<base>.insteadOf, core.sshCommand, safe.directory), and ignores those that say how \
            to keep a repository. It honors GIT_SSH_COMMAND and GIT_SSH.

            ACCESS POLICY
            Each line of the file is a rule: allow or deny, then scheme, host or address, then one \
            or more values. The first matching rule of each kind decides. # starts a comment.
              allow scheme https ssh
              deny host *.corp.example.org
              allow address 10.20.0.0/16
              deny address private
            Schemes are \(AccessPolicy.schemes.joined(separator: ", ")); paths have the scheme \
            file, which must be allowed explicitly. An allow rule for a scheme or a host refuses \
            all schemes or hosts that no rule allows. Addresses may also be the words loopback, \
            link-local, private, special, public and all; without a rule, only public addresses \
            are allowed. All addresses of the host are checked, and those of each redirect's \
            target. Without a policy, only a redirect from a public host to an address that is not \
            public is refused.

            The worker mirrors all refs except those that hosting sites add: \
            \(RefSelection.ofHostingSites.joined(separator: ", ")). --refs selects other refs. Refs \
            that the mirror has and the selection leaves out stay as they are.

            EXIT CODES
            \(ExitCodeHelp.table)
            """
    )

    @Argument(help: "Repository: a URL, or a path on this machine.")
    var url: String

    @Option(help: ArgumentHelp("Folder of the mirrors, created if missing.", valueName: "folder"))
    var into: String

    @Option(
        help: ArgumentHelp(
            """
            Mirror only these refs, for example 'refs/heads/*'; with ^ before the pattern, leave \
            them out. May be repeated (default: all refs, except those of hosting sites).
            """,
            valueName: "pattern"
        )
    )
    var refs: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            End 'git gc', which packs the mirror after a successful import, after this many seconds; \
            0 leaves it out.
            """,
            valueName: "seconds"
        )
    )
    var housekeepingTimeout = Housekeeping.defaultLimit

    @Option(
        help: ArgumentHelp(
            "File with rules about schemes, hosts and addresses (default: see above).",
            valueName: "file"
        )
    )
    var accessPolicy: String?

    @Option(
        help: ArgumentHelp(
            """
            End git after this many seconds in which no data arrives, nothing is written and no \
            CPU time is used; 0 disables the limit (default: 120).
            """,
            valueName: "seconds"
        ),
        transform: Self.seconds
    )
    var stallTimeout: Duration = .seconds(120)

    func validate() throws {
        do {
            _ = try RefSelection(self.refs)
            _ = try self.accessPolicy.map(AccessPolicy.init(file:))
        } catch {
            throw ValidationError("\(error)")
        }
        guard (0...3e9).contains(self.housekeepingTimeout) else {
            throw ValidationError("--housekeeping-timeout must be a number of seconds from 0.")
        }
        for (name, text) in [("URL", self.url), ("folder", self.into)] {
            guard !text.allSatisfy(\.isWhitespace), !ReadableText.hasControls(text) else {
                throw ValidationError("The \(name) is empty or contains control characters.")
            }
        }
    }

    /// Parses a number of seconds from 0 to 3155760000 (100 years).
    @Sendable
    private static func seconds(_ text: String) throws -> Duration {
        guard let seconds = Double(text), (0...3_155_760_000).contains(seconds) else {
            throw ValidationError("Give a number of seconds from 0 to 3155760000, for example 90.")
        }
        return .seconds(seconds)
    }

    func run() throws {
        let settings = ImportSettings(
            selection: try RefSelection(self.refs),
            housekeepingTimeout: self.housekeepingTimeout,
            stallLimit: self.stallTimeout == .zero ? nil : self.stallTimeout,
            policy: try self.accessPolicy.map(AccessPolicy.init(file:))
        )
        let code = GitImport.run(url: self.url, into: self.into, settings)
        throw ExitCode(code.rawValue)
    }
}

#endif

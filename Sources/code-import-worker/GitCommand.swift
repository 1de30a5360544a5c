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
            omits if that environment variable is set. A password in the URL is not printed, not \
            stored in the mirror, and not passed to git as an argument. But every user of this \
            machine can see it among the arguments of the worker, so use a credential helper or \
            ~/.netrc instead. The worker honors GIT_SSH_COMMAND and GIT_SSH. It requires git \
            2.31 or later.

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

    func validate() throws {
        do {
            _ = try RefSelection(self.refs)
        } catch {
            throw ValidationError("\(error)")
        }
        guard (0...3e9).contains(self.housekeepingTimeout) else {
            throw ValidationError("--housekeeping-timeout must be a number of seconds from 0.")
        }
        for (name, text) in [("URL", self.url), ("folder", self.into)] {
            guard !text.allSatisfy(\.isWhitespace), ReadableText.withoutControls(text) == text
            else {
                throw ValidationError("The \(name) is empty or contains control characters.")
            }
        }
    }

    func run() throws {
        let settings = ImportSettings(
            selection: try RefSelection(self.refs),
            housekeepingTimeout: self.housekeepingTimeout
        )
        let code = GitImport.run(url: self.url, into: self.into, settings)
        throw ExitCode(code.rawValue)
    }
}

#endif

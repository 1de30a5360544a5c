// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Glibc
internal import ProgramSupport

/// `code-import-worker git URL --into DIR`.
struct GitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git",
        abstract:
            "Imports a Git repository into a bare mirror: cloned the first time, fetched after.",
        discussion: """
            The mirror is <folder>/<name>.git; the name is made from the end of the URL and a short \
            number that belongs to the whole URL, so that two repositories never share one. All refs \
            are mirrored: what is gone at the source goes here too, and HEAD follows. A clone that \
            was interrupted leaves nothing that passes for a mirror; the next run removes its rest.

            The URL may be http, https, git, ssh or file, user@host:path, or a path on this machine. \
            Others are refused, as are those that GIT_ALLOW_PROTOCOL leaves out, if it is set. A \
            password in the URL is neither printed, nor kept in the mirror, nor among git's \
            arguments, but all can see it among the worker's own: a credential helper or ~/.netrc \
            is better. GIT_SSH_COMMAND and GIT_SSH are used if set. Needs git 2.31 or later.

            EXIT CODES
            \(ExitCodeHelp.table)
            """
    )

    @Argument(help: "The repository: a URL, or a path on this machine.")
    var url: String

    @Option(help: ArgumentHelp("The folder of the mirrors; made if missing.", valueName: "folder"))
    var into: String

    func validate() throws {
        for (what, text) in [("URL", self.url), ("folder", self.into)] {
            guard !text.allSatisfy(\.isWhitespace), ReadableText.withoutControls(text) == text
            else {
                throw ValidationError("The \(what) is empty, or has control characters in it.")
            }
        }
    }

    func run() throws {
        throw ExitCode(GitImport.run(url: self.url, into: self.into).rawValue)
    }
}

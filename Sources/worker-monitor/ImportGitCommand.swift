// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import LocalScheduler
internal import WorkerMonitor

/// `worker-monitor import git URL`: one Git repository, with code-import-worker.
struct ImportGitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git",
        abstract:
            "Imports a Git repository into a bare mirror: cloned the first time, fetched after.",
        discussion: """
            EXAMPLES
              worker-monitor import git https://example.org/project.git --into /srv/mirrors
              worker-monitor import git /home/me/project

            The result is SUCCESS if anything was new, and SUCCESS_NOCHANGE if nothing was.
            """
    )

    @OptionGroup var options: MonitorOptions

    @Argument(
        help: ArgumentHelp("The repository: a URL, or a path on this machine.", valueName: "url")
    )
    var url: String

    @Option(
        help: ArgumentHelp(
            "The folder of the mirrors; made if it is missing. Default: mirrors, beside the store.",
            valueName: "folder"
        )
    )
    var into: String?

    func validate() throws {
        let isBlank = self.url.allSatisfy(\.isWhitespace)
        let hasControls = self.url.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
        guard !isBlank, !hasControls else {
            throw ValidationError(
                "The URL \(SourceText.masked(self.url).debugDescription) is empty or has control characters in it. "
                    + "Name a repository, for example https://example.org/project.git"
            )
        }
    }

    func run() throws {
        let places = Places(self.options)
        let folder = Places.absolute(self.into ?? places.mirrors)
        let configuration = self.options.configuration(
            exitCodes: .import,
            workerCommand: [Places.siblingProgram("code-import-worker")]
        )
        let session = JobSession(
            order: .git(
                url: self.url,
                into: folder,
                arguments: ["git", "--into", folder, "--", self.url],
                every: nil
            ),
            configuration: configuration,
            options: self.options,
            title: "import git \(SourceText.masked(self.url))"
        )
        throw session.run()
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `worker-monitor import`: repositories, by the kind of their source.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Queues the import of a repository and runs it.",
        subcommands: [ImportGitCommand.self]
    )
}

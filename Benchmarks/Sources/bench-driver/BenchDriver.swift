// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Runs the scenarios of `Docs/Performance.md` and says which bars are met.
@main
struct BenchDriver {
    static func main() throws {
        let options = Self.options()
        let programs = Programs(folder: Bundle.main.executableURL?.deletingLastPathComponent())
        switch options.task {
        case .compare: try Self.compare(options, programs)
        case .count: if try Counting(programs).run() > 0 { exit(1) }
        case .peers(let peers): Peers(programs, peers, wants: options.wants).run()
        }
    }

    private static func options() -> Options {
        do throws(UsageError) {
            return try Options(CommandLine.arguments.dropFirst())
        } catch {
            complain("bench: \(error)")
            exit(64)
        }
    }

    private static func compare(_ options: Options, _ programs: Programs) throws {
        let report = Report(printsJSON: options.printsJSON)
        report.begin()
        for comparison in Comparison.all(isQuick: options.isQuick, programs)
        where options.wants(comparison.name) {
            let chosen = options.isAgainstItself ? comparison.againstItself : comparison
            report.add(chosen.run())
        }
        if options.wants("S8"), !options.isAgainstItself {
            let scaling = Scaling(isQuick: options.isQuick, programs)
            report.add(scaling.run())
            if let path = options.plot { try scaling.plot.svg.write(to: path) }
        }
        report.end()
        if report.misses > 0 { exit(1) }
    }
}

/// Prints a line at once, also into a pipe: who waits for minutes wants to see it.
func say(_ words: String...) {
    FileHandle.standardOutput.write(Data((words.joined(separator: " ") + "\n").utf8))
}

/// Prints a line on standard error.
func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

extension String {
    fileprivate func write(to path: String) throws {
        try Data(self.utf8).write(to: URL(filePath: path))
    }
}

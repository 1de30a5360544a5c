// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The paths of the programs that the driver runs, all of which `Scripts/bench-build` builds.
struct Programs {
    let folder: URL

    init(folder: URL?) {
        self.folder = folder ?? URL(filePath: ".")
    }

    /// The program with the scenarios on swift-reactor.
    var ours: String { self.path("reactor-bench") }
    /// The program with the scenarios in C on libev.
    var floor: String { self.path("floor") }
    /// The program that the scenarios start as a child.
    var child: String { self.path("bench-child") }
    /// The program with the scenarios on libuv, or the floor where libuv is not installed.
    ///
    /// It is the reference for socket pairs, which libuv uses for the streams of a child.
    var libuv: String {
        let peer = self.path("libuv_peer")
        return FileManager.default.isExecutableFile(atPath: peer) ? peer : self.floor
    }
    /// The library that counts the allocations of a program when it is preloaded.
    var allocationCounter: String { self.path("libcount-allocations.so") }

    private func path(_ name: String) -> String {
        self.folder.appending(path: name).path(percentEncoded: false)
    }
}

/// The values that one run of a program printed, one for each metric.
struct Measurement {
    /// A run that produced no values.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// The exit code of the program, or `nil` if the program itself did not fail.
        var exitCode: Int32?
    }

    /// The word of a command that is replaced by the path of a new folder.
    ///
    /// The folder is removed after the run.
    static let newFolder = "{new folder}"

    private(set) var values: [String: Double] = [:]
    /// The text that the program wrote to standard error.
    private(set) var errorOutput = ""

    /// Runs a command until it ends, or until the time limit in seconds has passed.
    init(
        _ command: [String],
        environment: [String: String] = [:],
        timeLimit: Int = 180
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        if command.contains(Self.newFolder) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        let words = command.map { $0 == Self.newFolder ? folder.path(percentEncoded: false) : $0 }
        try self.run(words, environment, timeLimit)
    }

    /// Returns the value of a metric, or throws an error if the program did not print it.
    func value(_ metric: String) throws -> Double {
        guard let value = self.values[metric] else {
            throw Failure(description: "the program printed no value for the metric \(metric)")
        }
        return value
    }

    private mutating func run(
        _ command: [String],
        _ environment: [String: String],
        _ timeLimit: Int
    ) throws {
        let process = Process()
        let output = Pipe()
        let errors = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.executableURL = URL(filePath: "/usr/bin/env")
        // With timeout(1) a program that hangs fails, and the remaining scenarios still run.
        let settings = environment.map { "\($0.key)=\($0.value)" }
        process.arguments = ["timeout", "\(timeLimit)", "env"] + settings + command
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(),
            as: UTF8.self
        )
        process.waitUntilExit()
        self.errorOutput = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        self.values = Self.parse(text)
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: self.reason(command, process.terminationStatus, timeLimit),
                exitCode: process.terminationStatus
            )
        }
    }

    private func reason(_ command: [String], _ exitCode: Int32, _ timeLimit: Int) -> String {
        let command = command.joined(separator: " ")
        // timeout(1) exits with 124 if it terminated the command.
        if exitCode == 124 { return "\(command): terminated after \(timeLimit) s" }
        let errors = self.errorOutput.suffix(200).trimmingCharacters(in: .newlines)
        return "\(command): exit code \(exitCode): \(errors)"
    }

    /// Returns the values of all lines that consist of a scenario, a metric and a number.
    private static func parse(_ text: String) -> [String: Double] {
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 3, let value = Double(words[2]) { values[String(words[1])] = value }
        }
        return values
    }
}

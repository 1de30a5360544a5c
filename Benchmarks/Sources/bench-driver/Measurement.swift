// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What one run of a program printed: the value of each metric.
struct Measurement {
    /// A run that gave no figures.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Nil if it is not the program that failed.
        var exitCode: Int32?
    }

    /// Replaced in a command by the path of a new folder, which is removed after the run.
    static let newFolder = "{new folder}"

    private(set) var values: [String: Double] = [:]
    /// What the program said on standard error.
    private(set) var complaints = ""

    /// Runs a command to its end, or so many seconds.
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

    /// The value of a metric; a program that does not print it is wrong.
    func value(_ metric: String) throws -> Double {
        guard let value = self.values[metric] else {
            throw Failure(description: "there is no \(metric) in what it printed")
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
        // A program that hangs fails, and the rest is still measured.
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
        self.complaints = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
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
        // What timeout(1) says of a command that it has ended.
        if exitCode == 124 { return "\(command): not over after \(timeLimit) s" }
        let complaint = self.complaints.suffix(200).trimmingCharacters(in: .newlines)
        return "\(command): exit \(exitCode): \(complaint)"
    }

    /// Lines of scenario, metric and value; others are passed over.
    private static func parse(_ text: String) -> [String: Double] {
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 3, let value = Double(words[2]) { values[String(words[1])] = value }
        }
        return values
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Reactor
import TestSupport
import Testing
import WorkerMonitor

/// The parent of all suites that run the programs.
///
/// The tests run one after the other, because some of them measure time and memory.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum ProgramSuite {}

/// The result of one run of a program.
struct ProgramResult {
    var exit: ProcessExit
    var out: String
    var err: String
    var maximumResidentBytes: Int

    /// Decodes the record that `--json` prints as the last line of standard output.
    func report() throws -> JobReport {
        let line = self.out.split(separator: "\n").last ?? ""
        return try JSONDecoder().decode(JobReport.self, from: Data(line.utf8))
    }
}

/// Runs the built programs as an operator does, each on a separate reactor.
struct Program {
    private static let monitorPath = builtProgram("worker-monitor")

    var workplace: Workplace
    /// How long the program may run before it is killed, which makes the test fail.
    var timeout: Duration = .seconds(60)

    /// Runs `worker-monitor run --json` with a test child that performs `acts`.
    func run(_ options: [String] = [], acts: [String]) throws -> ProgramResult {
        try self.monitor(["run", "--json"] + options + ["--", testChild] + acts)
    }

    /// An action that runs once, when the job has written a given text.
    ///
    /// The arguments are the reactor of the test and the transport of the monitor's process.
    typealias Action = (LibevReactor, any ProcessTransport) -> Void

    /// Runs `worker-monitor` with the workplace's store.
    ///
    /// - Parameter whenOutput: A signal to send to the monitor once the log of the job contains
    ///   the text.
    func monitor(
        _ arguments: [String],
        withStore: Bool = true,
        whenOutput: (text: String, send: Signal)
    ) throws -> ProgramResult {
        let send: Action = { _, monitor in try? monitor.signalProcess(whenOutput.send) }
        return try self.monitor(
            arguments,
            withStore: withStore,
            whenOutput: (whenOutput.text, send)
        )
    }

    /// Runs `worker-monitor` with the workplace's store.
    ///
    /// - Parameter whenOutput: An action to run once the log of the job contains the text.
    func monitor(
        _ arguments: [String],
        withStore: Bool = true,
        whenOutput: (text: String, do: Action)? = nil
    ) throws -> ProgramResult {
        var arguments = arguments
        if withStore {
            // The option must come before the two dashes that end the options.
            let end = arguments.firstIndex(of: "--") ?? arguments.count
            arguments.insert(contentsOf: ["--store", self.workplace.store], at: end)
        }
        return try self.perform(Self.monitorPath, arguments, whenOutput)
    }

    /// Runs a shell script with the path of the monitor in `MONITOR` and of the store in `STORE`.
    func shell(_ script: String, _ variables: [String: String] = [:]) throws -> ProgramResult {
        let own = ["MONITOR": Self.monitorPath, "STORE": self.workplace.store]
        return try self.perform("/bin/sh", ["-c", script], nil, own.merging(variables) { $1 })
    }

    private func perform(
        _ program: String,
        _ arguments: [String],
        _ trigger: (text: String, do: Action)?,
        _ variables: [String: String] = [:]
    ) throws -> ProgramResult {
        let reactor = LibevReactor()
        let capture = Capture(reactor: reactor, timeout: self.timeout)
        var request = SpawnRequest(program, arguments)
        let own = [
            "TEST_MARKER": self.workplace.marker, "XDG_STATE_HOME": self.workplace.path("state"),
        ]
        request.environment = .inheriting(changes: own.merging(variables) { $1 }.mapValues { $0 })
        request.streams = .descriptors([0: .null, 1: .read, 2: .read])
        try reactor.spawnProcess(capture, request)
        if let trigger { self.watchLogs(reactor, capture, trigger) }
        reactor.run()
        return capture.result
    }

    private func watchLogs(
        _ reactor: LibevReactor,
        _ capture: Capture,
        _ trigger: (text: String, do: Action)
    ) {
        let logs = self.workplace.path("logs")
        func poll() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: logs)) ?? []
            if names.contains(where: { self.workplace.read("\(logs)/\($0)").contains(trigger.text) }
            ) {
                if let transport = capture.transport { trigger.do(reactor, transport) }
            } else {
                reactor.callLater(.milliseconds(10)) { poll() }
            }
        }
        poll()
    }
}

/// Collects the output of a program and stops the reactor when the program has ended.
final class Capture: ProcessProtocol {
    private let reactor: LibevReactor
    private let timeout: Duration
    private var killer: DelayedCall?
    private var sampler: DelayedCall?
    private(set) var result = ProgramResult(
        exit: .unknown,
        out: "",
        err: "",
        maximumResidentBytes: 0
    )

    init(reactor: LibevReactor, timeout: Duration) {
        self.reactor = reactor
        self.timeout = timeout
        super.init()
    }

    override func connectionMade() {
        self.sampleMemory()
        self.killer = self.reactor.callLater(self.timeout) { [unowned self] in
            try? self.transport?.signalProcess(.kill, to: .group)
        }
    }

    override func outReceived(_ data: RawSpan) {
        self.result.out += Self.text(data)
    }

    override func errReceived(_ data: RawSpan) {
        self.result.err += Self.text(data)
    }

    override func processEnded(_ end: ProcessEnd) {
        self.killer?.cancel()
        self.result.exit = end.exit
        self.sampler?.cancel()
        self.reactor.stop()
    }

    /// Records the peak memory of the program, every 20 ms.
    ///
    /// The usage that the kernel reports at the end includes the memory of this process at the time
    /// of the spawn; see `ResourceUsage`.
    private func sampleMemory() {
        let status =
            (try? String(
                contentsOfFile: "/proc/\(self.transport?.pid ?? 0)/status",
                encoding: .utf8
            )) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        self.result.maximumResidentBytes = max(self.result.maximumResidentBytes, kibibytes * 1024)
        self.sampler = self.reactor.callLater(.milliseconds(20)) { [unowned self] in
            self.sampleMemory()
        }
    }

    private static func text(_ data: RawSpan) -> String {
        data.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

#endif

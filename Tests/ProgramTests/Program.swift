// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Reactor

/// Runs the built programs as an operator does, on a reactor of the test's own.
struct Program {
    /// Where the programs of this build are: beside the program that runs the tests.
    static let products: String = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        // The runner is in the toolchain; the bundle that it was given lies with the products.
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? own
        let real = realpath(bundle, nil).map { String(cString: $0) } ?? bundle
        return (real as NSString).deletingLastPathComponent
    }()

    static let testChild = "\(products)/test-child"

    var place: Workplace
    /// How long it may take; then it is killed and the test fails on its exit.
    var timeout: Duration = .seconds(60)

    /// Runs `worker-monitor run --json` with a test child that performs `acts`.
    func run(_ options: [String] = [], acts: [String]) throws -> ProgramResult {
        try self.monitor(["run", "--json"] + options + ["--", Self.testChild] + acts)
    }

    /// What is done, once, when a job has written something: with the monitor's process, on the
    /// test's reactor.
    typealias Deed = (LibevReactor, any ProcessTransport) -> Void

    /// Runs `worker-monitor` with the workplace's store.
    ///
    /// - Parameter whenOutput: once the job's log has this text in it, the signal is sent to the
    ///   monitor.
    func monitor(
        _ arguments: [String],
        withStore: Bool = true,
        whenOutput: (text: String, send: Signal)
    ) throws -> ProgramResult {
        let send: Deed = { _, monitor in try? monitor.signalProcess(whenOutput.send) }
        return try self.monitor(
            arguments,
            withStore: withStore,
            whenOutput: (whenOutput.text, send)
        )
    }

    /// Runs `worker-monitor` with the workplace's store.
    ///
    /// - Parameter whenOutput: what to do once the job's log has this text in it.
    func monitor(
        _ arguments: [String],
        withStore: Bool = true,
        whenOutput: (text: String, do: Deed)? = nil
    ) throws -> ProgramResult {
        var arguments = arguments
        if withStore {
            // Before the two dashes that end the options.
            let end = arguments.firstIndex(of: "--") ?? arguments.count
            arguments.insert(contentsOf: ["--store", self.place.store], at: end)
        }
        return try self.perform("\(Self.products)/worker-monitor", arguments, whenOutput)
    }

    /// Runs a shell script, with the monitor's path in `MONITOR` and the store's in `STORE`.
    func shell(_ script: String, _ variables: [String: String] = [:]) throws -> ProgramResult {
        let own = ["MONITOR": "\(Self.products)/worker-monitor", "STORE": self.place.store]
        return try self.perform("/bin/sh", ["-c", script], nil, own.merging(variables) { $1 })
    }

    private func perform(
        _ program: String,
        _ arguments: [String],
        _ trigger: (text: String, do: Deed)?,
        _ variables: [String: String] = [:]
    ) throws -> ProgramResult {
        let reactor = LibevReactor()
        let capture = Capture(reactor: reactor, timeout: self.timeout)
        var request = SpawnRequest(program, arguments)
        let own = ["TEST_MARKER": self.place.marker, "XDG_STATE_HOME": self.place.path("state")]
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
        _ trigger: (text: String, do: Deed)
    ) {
        let logs = self.place.path("logs")
        func look() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: logs)) ?? []
            if names.contains(where: { self.place.read("\(logs)/\($0)").contains(trigger.text) }) {
                if let transport = capture.transport { trigger.do(reactor, transport) }
            } else {
                reactor.callLater(.milliseconds(10)) { look() }
            }
        }
        look()
    }
}

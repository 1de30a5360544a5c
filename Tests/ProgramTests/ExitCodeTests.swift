// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct `Exit codes of the programs` {
        static let codes: [Int32] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 71, 75, 126, 127, 255]

        // Codes 0 to 7 are shared with Launchpad's import worker.
        static let importTable: [Int32: CodeImportResultStatus] = [
            0: .success, 1: .failure, 2: .successNoChange, 3: .successPartial, 4: .failureInvalid,
            5: .failureUnsupportedFeature, 6: .failureForbidden, 7: .failureRemoteBroken,
            71: .internalFailure, 75: .failureTemporary,
        ]

        @Test(arguments: codes)
        func `a plain command succeeds with code 0 and fails with any other`(_ code: Int32) throws {
            let workplace = Workplace()
            let result = try Program(workplace: workplace).run(acts: ["exit:\(code)"])
            let report = try result.report()
            #expect(report.status == (code == 0 ? .success : .failure))
            #expect(report.cause == .exit)
            #expect(report.exitCode == code)
            #expect(result.exit == .exited(code: code == 0 ? 0 : 1))
            #expect(workplace.processesLeft.isEmpty)
        }

        @Test(arguments: codes)
        func `the import table gives each code its status`(_ code: Int32) throws {
            let workplace = Workplace()
            let result = try Program(workplace: workplace).run(
                ["--exit-codes", "import"],
                acts: ["exit:\(code)"]
            )
            let report = try result.report()
            #expect(report.status == Self.importTable[code] ?? .failure)
            #expect(report.exitCode == code)
            let handedBack: Int32? = code == 71 ? 75 : nil
            #expect(result.exit == .exited(code: handedBack ?? (report.status.isSuccess ? 0 : 1)))
        }

        @Test func `a fault of the machine is said, and the job is pending again`() throws {
            let workplace = Workplace()
            let result = try Program(workplace: workplace).run(
                ["--exit-codes", "import"],
                acts: ["line:Failed: The disk is full.", "exit:71"]
            )
            #expect(result.err.contains("Its last line: Failed: The disk is full."))
            #expect(result.err.contains("This machine is at fault, not the source"))
            #expect(try result.report().fault == .machine)
        }

        @Test(arguments: [Signal.kill, .segmentationFault, .terminate, .interrupt])
        func `a worker that dies from a signal has failed and the signal is named`(_ signal: Signal)
            throws
        {
            let workplace = Workplace()
            let result = try Program(workplace: workplace).run(acts: [
                "line:hello", "die:\(signal.rawValue)",
            ])
            let report = try result.report()
            #expect(report.status == .failure)
            #expect(report.cause == .signal)
            #expect(report.exitCode == nil)
            #expect(report.signal == signal.description)
            #expect(report.signalsSent.isEmpty)
            #expect(workplace.read(report.logPath ?? "").contains("died from \(signal)"))
            #expect(result.exit == .exited(code: 1))
        }
    }
}

#endif

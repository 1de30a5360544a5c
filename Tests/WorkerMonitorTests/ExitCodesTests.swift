// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Testing
import WorkerMonitor

@Suite struct `The exit code of a worker` {
    @Test(arguments: [
        (Int32(0), CodeImportResultStatus.success),
        (1, .failure),
        (2, .successNoChange),
        (3, .successPartial),
        (4, .failureInvalid),
        (5, .failureUnsupportedFeature),
        (6, .failureForbidden),
        (7, .failureRemoteBroken),
    ])
    func `means what the import table says`(code: Int32, status: CodeImportResultStatus) {
        #expect(ExitCodeTable.import.status(exitCode: code) == status)
        #expect(ProgramExitCode(rawValue: code)?.workerStatus == status)
    }

    @Test(arguments: [Int32(8), 64, 126, 127, 128, 255, -1, 256, .max, .min])
    func `is a failure when the import table does not have it`(code: Int32) {
        #expect(ExitCodeTable.import.status(exitCode: code) == .failure)
        #expect(ProgramExitCode(rawValue: code)?.workerStatus == nil)
    }

    @Test func `is success or failure and nothing else for a plain command`() {
        #expect(ExitCodeTable.plain.status(exitCode: 0) == .success)
        for code: Int32 in [1, 2, 3, 4, 5, 6, 7, 8, 127, 255, -1] {
            #expect(ExitCodeTable.plain.status(exitCode: code) == .failure)
        }
    }

    @Test(arguments: ExitCodeTable.allCases)
    func `is a failure when there is none, as after a signal`(table: ExitCodeTable) {
        #expect(table.status(exitCode: nil) == .failure)
    }

    @Test func `has a table of each name that the command line knows`() {
        #expect(ExitCodeTable.allCases.map(\.rawValue) == ["plain", "import"])
    }
}

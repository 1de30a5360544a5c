// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Testing
import WorkerMonitor

@Suite struct `Exit codes of a worker` {
    @Test(arguments: [
        (Int32(0), CodeImportResultStatus.success),
        (1, .failure),
        (2, .successNoChange),
        (3, .successPartial),
        (4, .failureInvalid),
        (5, .failureUnsupportedFeature),
        (6, .failureForbidden),
        (7, .failureRemoteBroken),
        (71, .internalFailure),
        (75, .failureTemporary),
    ])
    func `the import table gives each code its status`(code: Int32, status: CodeImportResultStatus)
    {
        #expect(ExitCodeTable.import.status(exitCode: code) == status)
        #expect(ProgramExitCode(rawValue: code)?.workerStatus == status)
    }

    @Test(arguments: [Int32(8), 64, 126, 127, 128, 255, -1, 256, .max, .min])
    func `a code outside the import table is a failure`(code: Int32) {
        #expect(ExitCodeTable.import.status(exitCode: code) == .failure)
        #expect(ProgramExitCode(rawValue: code)?.workerStatus == nil)
    }

    @Test(arguments: [
        (Int32(0), JobFault?.none), (1, nil), (2, nil), (3, nil), (4, .source), (5, .source),
        (6, .source), (7, .source), (8, nil), (70, nil), (71, .machine), (74, nil), (75, .host),
    ])
    func `the exit code of an import tells who is at fault`(code: Int32, fault: JobFault?) {
        #expect(ExitCodeTable.import.fault(exitCode: code) == fault)
        #expect(ExitCodeTable.plain.fault(exitCode: code) == nil)
        #expect(ExitCodeTable.import.fault(exitCode: nil) == nil)
    }

    @Test func `a plain command succeeds with code 0 and fails with any other`() {
        #expect(ExitCodeTable.plain.status(exitCode: 0) == .success)
        for code: Int32 in [1, 2, 3, 4, 5, 6, 7, 8, 127, 255, -1] {
            #expect(ExitCodeTable.plain.status(exitCode: code) == .failure)
        }
    }

    @Test(arguments: ExitCodeTable.allCases)
    func `a missing exit code is a failure in every table`(table: ExitCodeTable) {
        #expect(table.status(exitCode: nil) == .failure)
    }

    @Test func `each table has a fixed name`() {
        #expect(ExitCodeTable.allCases.map(\.rawValue) == ["plain", "import"])
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing
import WorkerMonitor

@Suite struct `Result status` {
    @Test(arguments: [
        (CodeImportResultStatus.success, "SUCCESS", 100),
        (.successNoChange, "SUCCESS_NOCHANGE", 110),
        (.successPartial, "SUCCESS_PARTIAL", 120),
        (.failure, "FAILURE", 200),
        (.internalFailure, "INTERNAL_FAILURE", 210),
        (.failureInvalid, "FAILURE_INVALID", 220),
        (.failureUnsupportedFeature, "FAILURE_UNSUPPORTED_FEATURE", 230),
        (.failureForbidden, "FAILURE_FORBIDDEN", 240),
        (.failureRemoteBroken, "FAILURE_REMOTE_BROKEN", 250),
        (.failureTemporary, "FAILURE_TEMPORARY", 260),
        (.reclaimed, "RECLAIMED", 310),
        (.killed, "KILLED", 320),
    ])
    func `each status has a fixed name and a fixed number`(
        status: CodeImportResultStatus,
        name: String,
        number: Int
    ) {
        #expect(status.rawValue == name)
        #expect(status.databaseValue == number)
        #expect(CodeImportResultStatus(rawValue: name) == status)
        #expect(CodeImportResultStatus(databaseValue: number) == status)
    }

    @Test func `an unknown name or number is no status`() {
        #expect(CodeImportResultStatus.allCases.count == 12)
        #expect(CodeImportResultStatus(rawValue: "success") == nil)
        #expect(CodeImportResultStatus(databaseValue: 130) == nil)
    }

    @Test func `a status is a success if work was done, partly done or not needed`() {
        let successes = CodeImportResultStatus.allCases.filter(\.isSuccess)
        #expect(successes == [.success, .successNoChange, .successPartial])
    }
}

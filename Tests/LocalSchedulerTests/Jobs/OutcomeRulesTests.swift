// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Testing
import WorkerMonitor

@testable import LocalScheduler

@Suite struct `The rules for the outcome of a job` {
    private func record(
        interval: Int64? = 100,
        failures: Int = 0,
        _ status: ReviewStatus = .reviewed
    ) -> ImportRecord {
        var record = ImportRecord(.command([]), created: at(0))
        record.interval = interval
        record.consecutiveFailures = failures
        record.reviewStatus = status
        return record
    }

    private func end(_ status: CodeImportResultStatus, _ record: ImportRecord) -> OutcomeRules {
        .afterResult(status, of: record, failureLimit: 5)
    }

    @Test(arguments: CodeImportResultStatus.allCases.filter { !$0.isSuccess && $0 != .killed })
    func `count every result that is not a success as one more failure`(
        status: CodeImportResultStatus
    ) {
        #expect(self.end(status, self.record(failures: 2)).consecutiveFailures == 3)
    }

    @Test(arguments: [(0, 100), (1, 200), (2, 400), (3, 800)] as [(Int, Int64)])
    func `double the wait with each earlier failure`(before: Int, wait: Int64) {
        let rules = self.end(.failure, self.record(failures: before))
        #expect(rules.successor == .afterStart(microseconds: wait))
    }

    @Test func `limit the wait instead of overflowing`() {
        let long = self.record(interval: .max / 2, failures: 3)
        #expect(self.end(.failure, long).successor == .afterStart(microseconds: .max))
        let often = OutcomeRules.afterResult(
            .failure,
            of: self.record(interval: 1, failures: 1_000),
            failureLimit: .max
        )
        #expect(often.successor == .afterStart(microseconds: 1 << 62))
    }

    @Test(arguments: [ReviewStatus.suspended, .failing, .invalid])
    func `give an import that may not have jobs no job, and keep its status`(status: ReviewStatus) {
        let record = self.record(failures: 4, status)
        for rules in [self.end(.success, record), self.end(.failure, record)] {
            #expect(rules.successor == .none)
            #expect(rules.reviewStatus == status)
        }
        let reclaimed = OutcomeRules.afterReclaim(of: record, failureLimit: 5)
        #expect(reclaimed.successor == .none)
        #expect(reclaimed.reviewStatus == status)
    }

    @Test func `make the next job due at once after a reclaim, up to the limit of failures`() {
        #expect(
            OutcomeRules.afterReclaim(of: self.record(interval: nil), failureLimit: 5).successor
                == .now
        )
        let last = OutcomeRules.afterReclaim(of: self.record(failures: 4), failureLimit: 5)
        #expect(
            last == OutcomeRules(consecutiveFailures: 5, reviewStatus: .failing, successor: .none)
        )
    }

    @Test func `do not count a job that an operator cancelled`() {
        let rules = self.end(.killed, self.record(failures: 2))
        #expect(rules.consecutiveFailures == 2)
        #expect(rules.reviewStatus == .reviewed)
    }
}

#endif

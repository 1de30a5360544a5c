// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing
import WorkerMonitor

@testable import LocalScheduler

@Suite struct `What follows the end of a job` {
    private func what(
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

    private func end(_ status: CodeImportResultStatus, _ what: ImportRecord) -> Aftermath {
        .ofEnd(status, of: what, failureLimit: 5)
    }

    @Test(arguments: CodeImportResultStatus.allCases.filter { !$0.isSuccess && $0 != .killed })
    func `is one failure more for every result that is no success`(status: CodeImportResultStatus) {
        #expect(self.end(status, self.what(failures: 2)).consecutiveFailures == 3)
    }

    @Test(arguments: [(0, 100), (1, 200), (2, 400), (3, 800)] as [(Int, Int64)])
    func `is a wait that doubles with each failure before`(before: Int, wait: Int64) {
        let aftermath = self.end(.failure, self.what(failures: before))
        #expect(aftermath.successor == .afterStart(microseconds: wait))
    }

    @Test func `is never a wait that is cut by the size of a number`() {
        let long = self.what(interval: .max / 2, failures: 3)
        #expect(self.end(.failure, long).successor == .afterStart(microseconds: .max))
        let often = Aftermath.ofEnd(
            .failure,
            of: self.what(interval: 1, failures: 1_000),
            failureLimit: .max
        )
        #expect(often.successor == .afterStart(microseconds: 1 << 62))
    }

    @Test(arguments: [ReviewStatus.suspended, .failing, .invalid])
    func `is nothing where jobs are not allowed, and that stays as it was`(status: ReviewStatus) {
        let what = self.what(failures: 4, status)
        for aftermath in [self.end(.success, what), self.end(.failure, what)] {
            #expect(aftermath.successor == .none)
            #expect(aftermath.reviewStatus == status)
        }
        let reclaimed = Aftermath.ofReclaim(of: what, failureLimit: 5)
        #expect(reclaimed.successor == .none)
        #expect(reclaimed.reviewStatus == status)
    }

    @Test func `is at once for a job that was reclaimed, up to the limit`() {
        #expect(
            Aftermath.ofReclaim(of: self.what(interval: nil), failureLimit: 5).successor == .now
        )
        let last = Aftermath.ofReclaim(of: self.what(failures: 4), failureLimit: 5)
        #expect(last == Aftermath(consecutiveFailures: 5, reviewStatus: .failing, successor: .none))
    }

    @Test func `leaves the count alone if an operator ended it`() {
        let aftermath = self.end(.killed, self.what(failures: 2))
        #expect(aftermath.consecutiveFailures == 2)
        #expect(aftermath.reviewStatus == .reviewed)
    }
}

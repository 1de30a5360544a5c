// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import Foundation
import LocalScheduler
import Testing

@Suite struct `Wall time` {
    @Test func `the description is in UTC and rounded down to a second`() {
        #expect(WallTime(microseconds: 0).description == "1970-01-01T00:00:00Z")
        #expect(WallTime(microseconds: 1_767_225_599_999_999).description == "2025-12-31T23:59:59Z")
        #expect(WallTime(microseconds: -1).description == "1969-12-31T23:59:59Z")
    }

    @Test func `the earliest and the latest time have a description`() {
        #expect(!WallTime(microseconds: .max).description.isEmpty)
        #expect(!WallTime(microseconds: .min).description.isEmpty)
    }

    @Test func `adding to a time stops at the earliest and the latest representable time`() {
        let time = WallTime(microseconds: 5)
        #expect((time + .microseconds(3)).microseconds == 8)
        #expect((time - .microseconds(6)).microseconds == -1)
        #expect((WallTime(microseconds: .max) + .seconds(1)).microseconds == .max)
        #expect((WallTime(microseconds: .min) - .seconds(1)).microseconds == .min)
        #expect(WallTime(microseconds: .max) - WallTime(microseconds: .min) > .zero)
    }

    @Test func `the current time agrees with the system's clock`() {
        let before = WallTime.now()
        let other = Date().timeIntervalSince1970
        let after = WallTime.now()
        let between = before.microseconds - 1_000...after.microseconds + 1_000
        #expect(between.contains(Int64(other * 1e6)))
    }

    @Test func `a time is encoded and decoded as a number`() throws {
        let data = try JSONEncoder().encode([WallTime(microseconds: 12)])
        #expect(String(decoding: data, as: UTF8.self) == "[12]")
        #expect(
            try JSONDecoder().decode([WallTime].self, from: data) == [WallTime(microseconds: 12)]
        )
    }
}

#endif

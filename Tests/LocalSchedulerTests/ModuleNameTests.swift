// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

import LocalScheduler
import Testing

@Suite struct `A client of the module` {
    // With a type of the module's name, `LocalScheduler.JobStore` would look for a member of that
    // type, and this file would not compile.
    @Test func `can qualify a type with the module's name`() {
        #expect(LocalScheduler.JobStore.self == JobStore.self)
    }
}

#endif

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The program that every real child of the tests is; it lies where the test program lies.
package let testChild: String = {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return program.deletingLastPathComponent().appendingPathComponent("test-child").path
}()

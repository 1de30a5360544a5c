// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// An error that a test throws and recognizes by its description.
package struct TestFailure: Error, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}

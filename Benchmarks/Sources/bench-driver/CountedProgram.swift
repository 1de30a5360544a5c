// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A program whose instructions are counted.
struct CountedProgram {
    let path: String
    /// A copy without debug information: older callgrinds stop at what newer compilers write there.
    let stripped: String

    init(_ path: String) throws {
        self.path = path
        self.stripped = path + ".stripped"
        _ = try Measurement(["strip", "-o", self.stripped, path])
    }
}

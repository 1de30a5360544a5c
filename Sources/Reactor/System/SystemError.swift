// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A system call failed.
struct SystemError: Error {
    /// Which one, as in section 2 of the manual.
    let call: String
    /// The error number.
    let errno: Int32
}

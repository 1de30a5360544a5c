// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A system call failed.
struct SystemError: Error {
    /// Which one, as in section 2 of the manual.
    let call: String
    /// The error number.
    let errno: Int32
}

/// The system's text for an error number, for example "No such file or directory".
package func errorText(_ code: Int32) -> String {
    // strerror_r of glibc may or may not use the buffer; it returns the text either way.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else {
            return "error \(code)"
        }
        return String(cString: base)
    }
}

/// errno, for files that import a C module whose own declarations must not be mixed up with
/// Glibc's.
func lastErrorNumber() -> Int32 { errno }

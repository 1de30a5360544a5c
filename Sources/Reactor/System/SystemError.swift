// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The failure of a system call.
///
/// This error is internal to the module. Public methods throw a ``SpawnError`` or a ``SignalError``
/// in its place.
struct SystemError: Error {
    /// The name of the system call in section 2 of the manual, for example "pipe2".
    let call: String
    /// The error number, for example `EMFILE`.
    let errno: Int32
}

/// Returns the system's text for an error number, for example "No such file or directory".
package func errorText(_ code: Int32) -> String {
    // Swift imports the POSIX variant of strerror_r(3), which writes to the buffer and returns 0.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else {
            return "error \(code)"
        }
        return String(cString: base)
    }
}

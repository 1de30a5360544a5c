// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A server on the loopback address that never answers.
///
/// The kernel accepts the connections, and nobody reads the requests.
package final class SilentListener {
    private let descriptor: Int32
    /// The port that the kernel has chosen.
    package let port: UInt16

    /// Creates the listener.
    ///
    /// - Throws: ``TestFailure`` if the system refuses it.
    package init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 4) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        self.descriptor = descriptor
        self.port = UInt16(bigEndian: address.sin_port)
        guard isListening else { throw TestFailure("no listener on the loopback address") }
    }

    deinit {
        close(self.descriptor)
    }
}

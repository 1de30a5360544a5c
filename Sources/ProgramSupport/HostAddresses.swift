// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Looks up the addresses of a host as git, curl and ssh do.
package enum HostAddresses {
    /// Returns all addresses of a host, without repetitions.
    ///
    /// The host may be a name or an address in any spelling that inet_aton(3) accepts, such as
    /// `2130706433` or `0x7f.1` for 127.0.0.1. The call blocks until the name service has answered.
    ///
    /// - Throws: ``HostLookupError`` if there is no address.
    package static func of(_ host: String) throws(HostLookupError) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        defer { if let first { freeaddrinfo(first) } }
        guard code == 0 else {
            throw HostLookupError(reason: String(cString: gai_strerror(code)))
        }
        var addresses: [NetworkAddress] = []
        var next = first
        while let entry = next?.pointee {
            if let address = Self.address(entry), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        guard !addresses.isEmpty else { throw HostLookupError(reason: "it has no address") }
        return addresses
    }

    private static func address(_ entry: addrinfo) -> NetworkAddress? {
        guard let raw = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                withUnsafeBytes(of: pointer.pointee.sin_addr) { NetworkAddress(bytes: Array($0)) }
            }
        case AF_INET6:
            return raw.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                withUnsafeBytes(of: pointer.pointee.sin6_addr) { NetworkAddress(bytes: Array($0)) }
            }
        default: return nil
        }
    }
}

/// The error for a host without an address.
package struct HostLookupError: Error {
    /// The reason, as a clause.
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An address of the Internet Protocol, of version 4 or 6.
package struct NetworkAddress: Hashable, CustomStringConvertible {
    /// The 4 or 16 bytes, in network order.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Parses an address in its usual form: four decimal numbers, or an IPv6 address that names
    /// no zone.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(bytes: withUnsafeBytes(of: &four) { Array($0) })
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(bytes: withUnsafeBytes(of: &six) { Array($0) })
        } else {
            return nil
        }
    }

    package var isVersion6: Bool { self.bytes.count == 16 }

    /// The address as text, for example "127.0.0.1" or "::1".
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = self.isVersion6 ? AF_INET6 : AF_INET
        _ = inet_ntop(family, self.bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The IPv4 address that a packet to this IPv6 address may reach, or `nil` if there is none.
    ///
    /// A translator (NAT64, 6to4, Teredo) or the kernel itself (IPv4-mapped) takes it from the IPv6
    /// address. Such an address must not bypass a rule about the IPv4 address.
    var embedded: NetworkAddress? {
        guard self.isVersion6 else { return nil }
        func isIn(_ range: String) -> Bool { AddressRange(range)?.contains(self) == true }
        if isIn("::ffff:0:0/96") || isIn("::ffff:0:0:0/96") || isIn("64:ff9b::/96")
            || isIn("64:ff9b:1::/48") || isIn("::/96")
        {
            return NetworkAddress(bytes: Array(self.bytes.suffix(4)))
        }
        if isIn("2002::/16") { return NetworkAddress(bytes: Array(self.bytes[2..<6])) }
        if isIn("2001::/32") {
            return NetworkAddress(bytes: self.bytes.suffix(4).map { ~$0 })
        }
        return nil
    }
}

/// A range of addresses: `10.0.0.0/8`, or a single address.
package struct AddressRange: Hashable {
    let base: NetworkAddress
    /// The number of leading bits that all addresses of the range share.
    let prefix: Int

    /// Parses a range.
    ///
    /// - Returns: `nil` if the text is no range, or if bits after the prefix are set.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let base = NetworkAddress(String(parts[0])) else { return nil }
        let most = base.bytes.count * 8
        guard let prefix = parts.count == 1 ? most : Self.number(parts[1]),
            (0...most).contains(prefix)
        else { return nil }
        self.base = base
        self.prefix = prefix
        guard (prefix..<most).allSatisfy({ !Self.bit($0, of: base) }) else { return nil }
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? Int(text) : nil
    }

    /// Returns whether an address of the same version is in the range.
    package func contains(_ address: NetworkAddress) -> Bool {
        address.bytes.count == self.base.bytes.count
            && (0..<self.prefix).allSatisfy {
                Self.bit($0, of: address) == Self.bit($0, of: self.base)
            }
    }

    private static func bit(_ index: Int, of address: NetworkAddress) -> Bool {
        address.bytes[index / 8] & (0x80 >> UInt8(index % 8)) != 0
    }
}

/// A kind of addresses that are not meant for the public.
package enum AddressKind: String, CaseIterable {
    case loopback
    case linkLocal = "link-local"
    case `private`
    case special

    /// The ranges of the kind, after the registries of IANA for special-purpose addresses.
    ///
    /// The names are those of an access policy. `link-local` contains 169.254.169.254, the address
    /// at which clouds serve the secrets of a machine. `private` contains the shared addresses of
    /// providers, and `special` all others that no host of the public has.
    var ranges: [AddressRange] {
        let texts =
            switch self {
            case .loopback: ["127.0.0.0/8", "::1", "0.0.0.0/8", "::"]
            case .linkLocal: ["169.254.0.0/16", "fe80::/10"]
            case .private:
                [
                    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7",
                    "fec0::/10",
                ]
            case .special:
                [
                    "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
                    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "100::/64", "2001:db8::/32",
                    "5f00::/16", "3fff::/20", "ff00::/8",
                ]
            }
        return texts.compactMap { AddressRange($0) }
    }

    /// Returns the kind of an address, or `nil` if the address is public.
    ///
    /// Packets to 0.0.0.0 and `::` reach the machine itself, so these count as loopback.
    package static func of(_ address: NetworkAddress) -> AddressKind? {
        if let own = Self.allCases.first(where: { $0.ranges.contains { $0.contains(address) } }) {
            return own
        }
        return address.embedded.flatMap(Self.of)
    }
}

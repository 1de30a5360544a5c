// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// Checks where git is about to connect to, at the start of an import and after each redirect.
struct AccessCheck {
    /// The operator's policy, or `nil` if there is none.
    ///
    /// Without a policy, the operator's own URL may lead anywhere. But a source with a public
    /// address must not redirect to an address that is not public: behind such an address may be a
    /// service that trusts this machine, and the operator has never seen the URL.
    var policy: AccessPolicy?
    /// Looks up a host.
    var lookUp: (String) throws(HostLookupError) -> [NetworkAddress] = HostAddresses.of

    /// Checks the place that a route leads to.
    ///
    /// - Parameter isProxied: Whether a proxy looks up the host, so that it may be unknown here.
    /// - Returns: The addresses of the host for git, or `nil` if git may look them up itself. A
    ///   second lookup could have another result (DNS rebinding).
    /// - Throws: ``ImportFailure`` if the place is refused, or if its host cannot be resolved.
    func pins(for route: SourceRoute, isProxied: Bool) throws(ImportFailure) -> HostPins? {
        let place = SourcePlace(route.address)
        guard let policy else { return try self.pinsWithoutPolicy(for: route, place, isProxied) }
        if let reason = policy.refusal(ofScheme: place.scheme) { throw Self.refusal(reason, route) }
        guard let host = place.host else { return nil }
        if let reason = policy.refusal(ofHost: host) { throw Self.refusal(reason, route) }
        let addresses = try self.addresses(of: host, route)
        for address in addresses {
            if let reason = policy.refusal(of: address, ofHost: host) {
                throw Self.refusal(reason, route)
            }
        }
        return HostPins(place: place, host: host, addresses: addresses)
    }

    private func pinsWithoutPolicy(
        for route: SourceRoute,
        _ place: SourcePlace,
        _ isProxied: Bool
    ) throws(ImportFailure) -> HostPins? {
        guard route.hasLeftHost, let host = place.host else { return nil }
        let addresses: [NetworkAddress]
        do throws(ImportFailure) {
            addresses = try self.addresses(of: host, route)
        } catch {
            guard isProxied else { throw error }
            return nil
        }
        let pins = HostPins(place: place, host: host, addresses: addresses)
        guard let address = addresses.first(where: { AddressKind.of($0) != nil }),
            !self.isInside(route)
        else { return pins }
        throw ImportFailure(
            .forbidden,
            "The source redirects to \(route.address). \(address) is not a public address, and a "
                + "public source must not lead there. If that is intended, import that URL, or "
                + "name a file with rules by --access-policy."
        )
    }

    /// Returns whether the URL of the import itself leads to an address that is not public.
    private func isInside(_ route: SourceRoute) -> Bool {
        let first = (try? SourcePlace(route.firstAddress).host.map(self.lookUp)) ?? []
        return first.contains { AddressKind.of($0) != nil }
    }

    private func addresses(
        of host: String,
        _ route: SourceRoute
    ) throws(ImportFailure) -> [NetworkAddress] {
        do throws(HostLookupError) {
            return try self.lookUp(host)
        } catch {
            let line = "fatal: unable to access '\(route.address)': Could not resolve host: \(host)"
            throw GitComplaint.failure(
                of: GitResult(
                    command: "git ls-remote",
                    exit: .exited(code: 128),
                    output: [],
                    complaints: ["\(line) (\(error.reason))"]
                )
            )
        }
    }

    private static func refusal(_ reason: String, _ route: SourceRoute) -> ImportFailure {
        let start = route.hasLeftHost ? "The source redirects to \(route.address). " : ""
        return ImportFailure(.forbidden, start + reason)
    }
}

/// The scheme, host and port of an address that git understands.
struct SourcePlace: Equatable {
    let scheme: String
    /// The name or the address of the host, without brackets, or `nil` for a path.
    let host: String?
    let port: UInt16?

    /// Parses a URL, `user@host:path`, or a path.
    init(_ address: String) {
        if let mark = address.firstRange(of: "::"),
            RepositoryURL.isScheme(address[..<mark.lowerBound])
        {
            self.init(scheme: String(address[..<mark.lowerBound]), host: nil, port: nil)
        } else if let url = RepositoryURL(address) {
            let isFile = url.scheme == "file"
            self.init(
                scheme: url.scheme,
                host: isFile ? nil : url.hostName,
                port: isFile ? nil : url.portNumber
            )
        } else if address.first(where: { $0 == ":" || $0 == "/" }) == ":" {
            let place = address.prefix { $0 != ":" }
            // In "user@[host:port]:path" and "[user@host:port]:path" brackets contain the colon.
            guard place.contains("[") else {
                let host = place.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
                self.init(scheme: "ssh", host: host.lowercased(), port: 22)
                return
            }
            let inner = address.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
            let name = inner.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            let parts = name.split(separator: ":", omittingEmptySubsequences: false)
            let hasPort = parts.count == 2
            self.init(
                scheme: "ssh",
                host: (hasPort ? parts[0] : name).lowercased(),
                port: hasPort ? UInt16(parts[1]) : 22
            )
        } else {
            self.init(scheme: "file", host: nil, port: nil)
        }
    }

    private init(scheme: String, host: String?, port: UInt16?) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }
}

/// The addresses of a host that were checked, and to which git connects.
struct HostPins: Equatable {
    let place: SourcePlace
    let host: String
    let addresses: [NetworkAddress]

    /// The settings that make curl use the addresses.
    ///
    /// Curl looks for the name with and without the dot at its end, depending on its version.
    func entries(_ pattern: String) -> [GitSettings.Entry] {
        guard ["http", "https"].contains(self.place.scheme), let port = self.place.port,
            NetworkAddress(self.host) == nil
        else { return [] }
        let list = self.addresses.map { $0.isVersion6 ? "[\($0)]" : "\($0)" }
            .joined(separator: ",")
        let name = self.host.hasSuffix(".") ? String(self.host.dropLast()) : self.host
        // The empty value removes what the configuration of the mirror may contain.
        return ["", "\(name):\(port):\(list)", "\(name).:\(port):\(list)"].map { value in
            GitSettings.Entry(
                key: GitSettingKey("http", pattern, name: "curloptresolve"),
                value: Array(value.utf8)
            )
        }
    }

    /// The options that make OpenSSH use the first address, and still know the host by its name.
    var sshOptions: String {
        guard self.place.scheme == "ssh", let address = self.addresses.first else { return "" }
        let port = self.place.port ?? 22
        let alias = port == 22 ? self.host : "[\(self.host)]:\(port)"
        return " -o HostName=\(address) -o HostKeyAlias=\(SSHCommand.quoted(alias))"
    }

    /// Returns a git URL with the first address in place of the host, and the value of
    /// GIT_OVERRIDE_VIRTUAL_HOST, which tells the server the name.
    func gitURL(_ url: RepositoryURL) -> (url: String, virtualHost: String)? {
        guard self.place.scheme == "git", let address = self.addresses.first else { return nil }
        var pinned = url
        pinned.host = address.isVersion6 ? "[\(address)]" : "\(address)"
        return (pinned.text, url.host + (url.port.map { ":\($0)" } ?? ""))
    }
}

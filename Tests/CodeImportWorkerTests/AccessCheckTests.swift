// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Testing

@testable import code_import_worker

@Suite struct `Checks of access` {
    private static let hosts = [
        "public": ["8.8.8.8", "2606:4700::1"], "inside": ["10.0.0.1"], "local": ["127.0.0.1"],
        "mixed": ["8.8.8.8", "10.0.0.1"], "2130706433": ["127.0.0.1"], "::1": ["::1"],
    ]

    private func check(_ policy: String?) throws -> AccessCheck {
        AccessCheck(policy: try policy.map { try AccessPolicy($0, name: "rules") }) {
            (host) throws(HostLookupError) in
            guard let addresses = Self.hosts[host] else { throw HostLookupError(reason: "unknown") }
            return addresses.compactMap { NetworkAddress($0) }
        }
    }

    private func route(_ url: String, to location: String? = nil) throws -> SourceRoute {
        var route = SourceRoute(to: try SourceAddress(url, relativeTo: "/"))
        if let location { try route.follow("\(location)/info/refs") }
        return route
    }

    private func exit(_ policy: String?, _ route: SourceRoute, isProxied: Bool = false) throws
        -> ProgramExitCode?
    {
        let check = try self.check(policy)
        do throws(ImportFailure) {
            _ = try check.pins(for: route, isProxied: isProxied)
            return nil
        } catch {
            return error.exit
        }
    }

    @Test(arguments: [
        "https://public/x", "git@public:x", "ssh://git@public:2222/x", "git://public/x",
        "[git@public:2222]:x", "git@[public:2222]:x", "https://PUBLIC:8443/x",
    ])
    func `a policy allows public hosts in each kind of address`(url: String) throws {
        #expect(try self.exit("deny scheme file", self.route(url)) == nil)
    }

    @Test(arguments: [
        "https://inside/x", "git@inside:x", "ssh://git@local:2222/x", "git://mixed/x", "/srv/x",
        "https://2130706433/x", "git@[::1]:x", "http://[::1]/x", "file:///srv/x", "[a@inside:1]:x",
    ])
    func `a policy refuses all others, also if one of several addresses is public`(url: String)
        throws
    {
        #expect(try self.exit("deny scheme git", self.route(url)) == .forbidden)
    }

    @Test func `a host that cannot be resolved is not contacted`() throws {
        let unknown = try self.route("https://nowhere/x")
        #expect(try self.exit("deny scheme git", unknown) == .temporaryFailure)
        #expect(try self.exit(nil, unknown) == nil)
        let redirected = try self.route("https://public/x", to: "https://nowhere/x")
        #expect(try self.exit(nil, redirected) == .temporaryFailure)
        #expect(try self.exit(nil, redirected, isProxied: true) == nil)
    }

    @Test(
        arguments: [
            ("https://public/x", "http://local", ProgramExitCode.forbidden),
            ("https://public/x", "https://mixed", .forbidden),
            ("https://nowhere/x", "https://inside", .forbidden),
            ("https://inside/x", "http://local", nil),
            ("https://public/x", "http://public", nil), ("https://local/x", "https://public", nil),
            ("https://mixed/x", "http://local", nil),
            ("https://public/x", "https://[::1]", .forbidden),
        ] as [(String, String, ProgramExitCode?)]
    )
    func `without a policy, a public host must not redirect to an address that is not public`(
        url: String,
        target: String,
        exit: ProgramExitCode?
    ) throws {
        #expect(try self.exit(nil, self.route(url, to: "\(target)/x")) == exit)
    }

    @Test func `git connects to the addresses that were checked`() throws {
        func pins(_ url: String) throws -> HostPins {
            try #require(
                try self.check("deny scheme file").pins(for: self.route(url), isProxied: false)
            )
        }
        #expect(
            try pins("https://public/x").entries("https://public/x").map(\.text) == [
                "", "public:443:8.8.8.8,[2606:4700::1]", "public.:443:8.8.8.8,[2606:4700::1]",
            ]
        )
        #expect(
            try pins("git@public:x").sshOptions == " -o HostName=8.8.8.8 -o HostKeyAlias='public'"
        )
        #expect(
            try pins("ssh://public:2222/x").sshOptions
                == " -o HostName=8.8.8.8 -o HostKeyAlias='[public]:2222'"
        )
        let url = try #require(RepositoryURL("git://public:9/x"))
        let pinned = try pins("git://public:9/x").gitURL(url)
        #expect(pinned?.url == "git://8.8.8.8:9/x" && pinned?.virtualHost == "public:9")
    }
}

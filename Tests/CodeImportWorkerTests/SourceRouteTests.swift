// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Testing

@testable import code_import_worker

@Suite struct `Ways to a source` {
    private func route(_ url: String, _ settings: (String, String)...) throws -> SourceRoute {
        let entries = settings.compactMap { key, value in
            GitSettingKey(key).map { GitSettings.Entry(key: $0, value: Array(value.utf8)) }
        }
        return SourceRoute(
            to: try SourceAddress(url, relativeTo: "/"),
            GitSettings(entries)
        )
    }

    private func lines(_ route: SourceRoute) -> [String] {
        route.fileEntries(helper: nil).map { "\($0.key.text)=\($0.text)" }
    }

    @Test func `a login is sent first, and only to its own URL`() throws {
        let route = try self.route("https://u:p%40q@h:8443/x?y", ("credential.helper", "store"))
        #expect(
            self.lines(route) == ["http.https://h:8443/x.extraheader=Authorization: Basic dTpwQHE="]
        )
    }

    @Test(arguments: [
        ("https://user@corp:pw@h/x", "dXNlckBjb3JwOnB3"), ("https://:token@h/x", "OnRva2Vu"),
        ("https://u:@h/x", "dTo="), ("https://token@h/x", "dG9rZW46"),
        ("https://u:a:b@h/x", "dTphOmI="), ("https://u%3Av:p%@h/x", "dTp2OnAl"),
        ("https://u:%zz@[::1]:8/x", "dToleno="), ("https://u:a+b@h/x", "dTphK2I="),
    ])
    func `unusual logins are read as a person means them`(url: String, login: String) throws {
        #expect(try self.lines(self.route(url)).last?.hasSuffix(": Basic " + login) == true)
    }

    @Test(arguments: ["https://other.example", "http://h", "https://h:8443", "https://a.h/x"])
    func `a helper for another host does not keep a token from being sent`(pattern: String) throws {
        let route = try self.route("https://token@h/x", ("credential.\(pattern).helper", "store"))
        #expect(route.loginMode == .first)
    }

    @Test(arguments: ["https://h", "https://h:443/x", "https://H", "https://*.h", "h"])
    func `a helper for the host, or for a pattern that may match it, is asked`(
        pattern: String
    ) throws {
        let route = try self.route("https://me@h/x", ("credential.\(pattern).helper", "store"))
        #expect(route.loginMode == .asked(user: "me"))
    }

    @Test func `a user without a password is the user of a credential helper if there is one`()
        throws
    {
        let route = try self.route("https://me@h/x", ("credential.helper", "store"))
        #expect(
            self.lines(route) == ["credential.helper=store", "credential.https://h/x.username=me"]
        )
    }

    @Test func `a redirect to another scheme, host or port drops the login`() throws {
        for target in ["https://i/x", "http://h/x", "https://h:444/x"] {
            var route = try self.route("https://u:p@h/x", ("http.extraheader", "Token: 1"))
            try route.follow("\(target)/info/refs?service=git-upload-pack")
            #expect(route.address == target && route.login == nil && route.hasDroppedLogin)
            #expect(self.lines(route) == ["url.\(target).insteadof=https://h/x"])
        }
    }

    @Test(arguments: [
        "/y/info/refs?service=git-upload-pack", "//H/y/info/refs?service=git-upload-pack",
        "https://h:443/y/info/refs?service=git-upload-pack#a", "../../y/info/refs",
        "https://other:login@h/y/info/refs?service=git-upload-pack",
    ])
    func `a redirect on the same host keeps the login`(location: String) throws {
        var route = try self.route("https://u:p@h/x")
        try route.follow(location)
        #expect(route.login == Login("u:p") && !route.hasDroppedLogin)
        #expect(!route.address.contains("@"))
    }

    @Test func `redirects to pages, to other kinds of URLs, and in a circle are refused`() throws {
        let first = try self.route("https://h/x")
        for (location, code) in [
            ("https://h/login?from=/x", ProgramExitCode.invalidSource), ("ftp://h/x", .forbidden),
            ("file:///x/info/refs", .forbidden), ("https:///x", .invalidSource),
        ] {
            var route = first
            #expect(throws: ImportFailure.self) { try route.follow(location) }
            do throws(ImportFailure) { try route.follow(location) } catch {
                #expect(error.exit == code)
            }
        }
        var route = first
        for _ in 1...20 { try route.follow("/x/info/refs") }
        #expect(throws: ImportFailure.self) { try route.follow("/x/info/refs") }
    }

    @Test
    func `a login in an operator's rule is sent first, and the one of the URL only to its host`()
        throws
    {
        let rule = ("url.https://token:x@h/.insteadof", "https://h/")
        #expect(try self.lines(self.route("https://h/x", rule)).count == 1)
        #expect(try self.route("https://h/x", rule).login == Login("token:x"))
        let other = ("url.https://i/.insteadof", "https://h/")
        #expect(try self.route("https://u:p@h/x", other).login == nil)
    }
}

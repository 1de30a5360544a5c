// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Testing

@testable import code_import_worker

@Suite struct `Source addresses` {
    private func address(_ text: String) throws -> SourceAddress {
        try SourceAddress(text, relativeTo: "/here/now")
    }

    private func exit(_ text: String) -> ProgramExitCode? {
        do throws(ImportFailure) {
            _ = try SourceAddress(text, relativeTo: "/here/now")
            return nil
        } catch {
            return error.exit
        }
    }

    @Test(arguments: [
        "http://h/x", "https://h:8443/x.git", "git://h/x", "ssh://git@h:22/x", "file:///srv/x",
        "git@h:team/x.git", "h:x", "http://[::1]:80/x@y", "https://h/a@b",
    ])
    func `URLs of the allowed kinds stay unchanged`(url: String) throws {
        #expect(try self.address(url) == SourceAddress(address: url))
    }

    @Test(arguments: [
        ("/srv/x", "/srv/x"), ("x", "/here/now/x"), ("./x/", "/here/now/x"),
        ("../x", "/here/now/../x"),
        ("/srv//x/./y", "/srv/x/y"), ("-x", "/here/now/-x"), ("./a:b", "/here/now/a:b"),
        (".", "/here/now"),
        ("./ext::sh", "/here/now/ext::sh"), ("a b/c", "/here/now/a b/c"),
    ])
    func `relative paths become absolute`(path: String, absolute: String) throws {
        #expect(try self.address(path) == SourceAddress(address: absolute))
    }

    @Test(arguments: [
        "ext::sh -c true", "fd::17", "foo://h/x", "ftp://h/x", "rsync://h/x", "HTTP://h/x",
        "svn+ssh://h/x",
        "ssh://-oProxyCommand=x/y", "ssh://-u@h/y", "ssh://u@-oProxyCommand=x/y",
        "-oProxyCommand=x:y",
        "ext::file:///x",
    ])
    func `other kinds of URLs, and hosts that look like options, are refused by policy`(url: String)
    {
        #expect(self.exit(url) == .forbidden)
    }

    @Test func `the login of a web URL is kept apart`() throws {
        let source = try self.address("https://u:p%40ss@h:8443/x?a@b")
        #expect(source.address == "https://h:8443/x?a@b")
        #expect(source.addressWithLogin == "https://u:p%40ss@h:8443/x?a@b")
        #expect(source.secrets == ["p%40ss", "p@ss"])
    }

    @Test func `a user without a password counts as a secret`() throws {
        #expect(try self.address("https://token@h/x").secrets == ["token", "token"])
    }

    @Test func `ssh keeps the user and drops the password, and git drops both`() throws {
        #expect(
            try self.address("ssh://u:p@h/x")
                == SourceAddress(address: "ssh://u@h/x", secrets: ["p", "p"])
        )
        #expect(
            try self.address("git://u:p@h/x")
                == SourceAddress(address: "git://h/x", secrets: ["p", "p"])
        )
    }

    @Test func `a password with a slash is refused, not taken for a host`() {
        #expect(self.exit("https://u:p/w@h/x") == .invalidSource)
        #expect(self.exit("https://u:p?w@h/x") == .invalidSource)
    }

    @Test(arguments: [
        (nil, "http:https:git:ssh:file"), ("https:ssh", "https:ssh"), ("ext:https", "https"),
        ("", ""),
    ])
    func `the operator may allow fewer transports, but not more`(own: String?, value: String) {
        #expect(AllowedTransports.environmentValue(operators: own) == value)
    }
}

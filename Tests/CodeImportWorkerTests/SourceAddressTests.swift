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
        "ext::sh -c true", "fd::17", "foo://h/x", "ftp://h/x", "rsync://h/x", "EXT::sh",
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
        #expect(source.login == Login("u:p%40ss"))
        #expect(source.secrets == ["p%40ss", "p@ss", "dTpwQHNz"])
    }

    @Test func `a user without a password counts as a secret`() throws {
        #expect(try self.address("https://token@h/x").secrets == ["token", "token", "dG9rZW46"])
    }

    @Test func `ssh keeps the user and drops the password, and git drops both`() throws {
        #expect(
            try self.address("ssh://u:p@h/x")
                == SourceAddress(address: "ssh://u@h/x", secrets: ["p", "p", "dTpw"])
        )
        #expect(
            try self.address("git://u:p@h/x")
                == SourceAddress(address: "git://h/x", secrets: ["p", "p", "dTpw"])
        )
    }

    @Test func `a password before user@host:path is refused, and a path may contain an @`() throws {
        #expect(self.exit("user:pw@host:x") == .invalidSource)
        for address in ["host:pkg@1/x", "host:a/b@c:d", "user@host:x@y"] {
            #expect(try self.address(address) == SourceAddress(address: address))
        }
    }

    @Test(arguments: [
        ("HTTPS://h/x", "https://h/x"), ("Ssh://git@h/x", "ssh://git@h/x"),
        ("FILE:///srv/x", "file:///srv/x"),
    ])
    func `the scheme may have capital letters`(url: String, address: String) throws {
        #expect(try self.address(url) == SourceAddress(address: address))
    }

    @Test(arguments: [
        ("https://h/x", "https://u:p@H:443/x/"), ("https://h", "https://h/"),
        ("http://h:8080/x", "HTTP://me@h:8080/x//"), ("git@h:x", "git@H:x/"),
        ("ssh://git@h/x", "ssh://git:pw@h:22/x"), ("/here/now/x", "x/"),
        ("https://[::a]/x", "https://[::A]:443/x"), ("https://h/x", "https://h:/x"),
    ])
    func `spellings of one address have one identity`(one: String, other: String) throws {
        #expect(try self.address(one).identity == self.address(other).identity)
    }

    @Test(arguments: [
        ("https://h/x", "https://h/x.git"), ("https://h/x", "http://h/x"),
        ("https://h/x", "https://h/X"), ("ssh://a@h/x", "ssh://b@h/x"),
        ("https://h/x", "https://h:80/x"), ("https://h/x?a", "https://h/x?b"),
        ("https://h/x", "file:///h/x"), ("https://h/caf\u{E9}", "https://h/cafe\u{301}"),
    ])
    func `different addresses have different identities`(one: String, other: String) throws {
        #expect(
            try !self.address(one).identity.utf8.elementsEqual(self.address(other).identity.utf8)
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

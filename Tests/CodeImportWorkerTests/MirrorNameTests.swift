// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

@Suite struct `Names of mirrors` {
    @Test(arguments: [
        ("https://h/apple/swift-log.git", "apple-swift-log-"), ("https://h/x", "x-"),
        ("git@h:team/x.git", "team-x-"), ("ssh://git@h:22/~/a/b/c", "b-c-"),
        ("/srv/repos/x", "repos-x-"),
        ("/srv/x/.git", "srv-x-"), ("https://h", "https---h-"), ("/", "repository-"),
        ("https://h/a b/ü&x", "a-b---x-"), ("/.hidden/-x", "hidden--x-"), ("h:x", "x-"),
        ("https://h/a/x.git?token=s3cret", "a-x-"), ("https://h?token=s3cret", "https---h-"),
        ("https://h/x#s3cret", "x-"), ("/srv/what?", "srv-what--"),
    ])
    func `the name of a mirror starts with the end of the path`(address: String, start: String) {
        let name = MirrorName.of(address)
        #expect(name.hasPrefix(start))
        #expect(name.dropFirst(start.count).count == 12)
    }

    @Test func `each address has one name, and different addresses have different names`() {
        #expect(MirrorName.of("https://h/a/x.git") == "a-x-74cf8ace5037")
        #expect(MirrorName.of("https://i/a/x.git") != MirrorName.of("https://h/a/x.git"))
        #expect(MirrorName.of("https://h/x?a") != MirrorName.of("https://h/x?b"))
    }

    @Test(arguments: [
        ("x-0123456789ab", "https://h/x", true), ("X-0123456789ab", "https://h/x", true),
        ("x-0123456789ab", "https://h/y", false), ("x-0123456789abc", "https://h/x", false),
        ("a-x-0123456789ab", "https://h/x", false),
    ])
    func `a mirror of another spelling is recognized by its name`(
        name: String,
        identity: String,
        isSimilar: Bool
    ) {
        #expect(MirrorName.isSimilar(name, to: identity) == isSimilar)
    }

    @Test func `the name of a mirror has a limited length`() {
        #expect(MirrorName.of("/" + String(repeating: "x", count: 5000)).utf8.count <= 80)
    }
}

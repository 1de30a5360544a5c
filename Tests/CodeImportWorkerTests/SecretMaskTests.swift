// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

@Suite struct `Secret mask` {
    @Test(arguments: [
        (
            "fatal: unable to access 'https://u:p@h/x/': no",
            "fatal: unable to access 'https://***@h/x/': no"
        ),
        ("https://token@h/x", "https://***@h/x"),
        ("https://u:p'@q@h/x and http://a:b@i", "https://***@h/x and http://***@i"),
        ("git://u:p@h:9418/x", "git://***@h:9418/x"),
        ("ssh://git@h/x", "ssh://git@h/x"),
        ("ssh://git:secret@h/x", "ssh://git:***@h/x"),
        ("git@h:x, mail a@b.org", "git@h:x, mail a@b.org"),
        ("https://h/x@y, file:///a@b, ://", "https://h/x@y, file:///a@b, ://"),
        (
            "fatal: unable to access 'http://h/x?token=s3cret&u=a/': no",
            "fatal: unable to access 'http://h/x?token=***&u=***/': no"
        ),
        ("https://u:p@h/x?s3cret and on", "https://***@h/x?*** and on"),
        ("(http://h?a=b;c=d=e#f)", "(http://h?a=***;c=***#***)"),
        ("http://h/?a=&&b", "http://h/?a=***&&***"),
        ("http://h/x? Yes? a=b", "http://h/x? Yes? a=b"),
        ("http://h/?to=https://u:p@i/?q=r", "http://h/?to=***"),
        (#"["http://h/x","http://u:p@i/?q"]"#, #"["http://h/x","http://***@i/?***"]"#),
        (#"["http://h/?q","http://u:p@i/"]"#, #"["http://h/?***/"]"#),
    ])
    func `logins and queries of URLs are masked`(line: String, masked: String) {
        #expect(SecretMask().masked(line) == masked)
    }

    // A server can send such a line. Searching the rest of the line for each URL took minutes.
    @Test(.timeLimit(.minutes(1)))
    func `the time to mask a line of many URLs grows linearly with its length`() {
        let line = String(repeating: "a://b", count: 20_000)
        #expect(SecretMask().masked(line) == line)
    }

    @Test func `known secrets of four bytes or more are masked everywhere`() {
        let mask = SecretMask(secrets: ["hunter2", "x"])
        #expect(mask.masked("user hunter2 x") == "user *** x")
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

struct SecretMaskTests {
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
    ])
    func `log-ins in URLs are hidden`(line: String, masked: String) {
        #expect(SecretMask().masked(line) == masked)
    }

    @Test func `known secrets are hidden everywhere, unless they are too short to be any`() {
        let mask = SecretMask(secrets: ["hunter2", "x"])
        #expect(mask.masked("user hunter2 x") == "user *** x")
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

@Suite struct `Lines of git` {
    @Test(arguments: [
        "Cloning into bare repository '/m/.x.1.part'...", " * [new branch]      foo        -> foo",
        "   3573aa2..166f97f  main       -> main", " - [deleted]         (none)     -> foo",
        " + 1a2b3c4...5d6e7f8 main       -> main  (forced update)", " t [tag update]      v1 -> v1",
    ])
    func `lines of the table of refs are redundant`(line: String) {
        #expect(GitLines.isRedundant(line))
    }

    @Test(arguments: [
        " ! df742b6..7dcc297  main       -> main  (unable to update local ref)", "From /srv/x",
        "remote: a -> b", "fatal: x", " ", "",
    ])
    func `all other lines are shown`(line: String) {
        #expect(!GitLines.isRedundant(line))
    }
}

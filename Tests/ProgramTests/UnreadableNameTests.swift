// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import Testing

extension ProgramSuite {
    /// Names that a reader cannot see completely, and that are legitimate all the same.
    @Suite struct `Unreadable names` {
        @Test func `the path of a repository may contain invisible characters`() throws {
            let workplace = Workplace()
            let name = "soft\u{AD}hyphen\u{200B}\u{202E}\u{FEFF}"
            let result = try Program(workplace: workplace).shell(
                """
                git init -q "$W/$NAME" && git -C "$W/$NAME" -c user.name=a -c user.email=a@b \
                    commit -q --allow-empty -m one
                "$MONITOR" import git --json --store "$STORE" -- "$W/$NAME"
                """,
                ["W": workplace.folder, "NAME": name, "GIT_CONFIG_GLOBAL": "/dev/null"]
            )
            #expect(result.exit == .exited(code: 0), "\(result.err)")
            #expect(result.err.contains(#"soft\u{AD}hyphen\u{200B}\u{202E}\u{FEFF}"#))
        }
    }
}

#endif

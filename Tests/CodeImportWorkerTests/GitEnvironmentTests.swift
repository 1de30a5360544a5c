// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

@Suite struct `Environment of git` {
    private let plain = SourceAddress(address: "https://h/x")

    @Test func `git never prompts and writes English messages`() {
        let made = GitEnvironment.variables(
            from: ["LC_ALL": "de_DE", "PATH": "/bin"],
            for: self.plain
        )
        #expect(made["GIT_TERMINAL_PROMPT"] == "0")
        #expect(made["GIT_ASKPASS"] == "false")
        #expect(made["SSH_ASKPASS"] == "false")
        #expect(made["GIT_SSH_COMMAND"] == "ssh -o BatchMode=yes")
        #expect(made["LC_ALL"] == "C")
        #expect(made["PATH"] == "/bin")
        #expect(made["GIT_CONFIG_NOSYSTEM"] == nil)
    }

    @Test func `the operator's ssh settings stay`() {
        let command = ["GIT_SSH_COMMAND": "ssh -i key"]
        #expect(
            GitEnvironment.variables(from: command, for: self.plain)["GIT_SSH_COMMAND"]
                == "ssh -i key"
        )
        let program = ["GIT_SSH": "/opt/ssh"]
        #expect(GitEnvironment.variables(from: program, for: self.plain)["GIT_SSH_COMMAND"] == nil)
    }

    @Test func `variables of another repository are removed`() {
        let own = ["GIT_DIR": "/x/.git", "GIT_INDEX_FILE": "/x", "GIT_TRACE": "1"]
        let made = GitEnvironment.variables(from: own, for: self.plain)
        #expect(made["GIT_DIR"] == nil && made["GIT_INDEX_FILE"] == nil && made["GIT_TRACE"] == "1")
    }

    @Test func `a login is added after the existing settings`() {
        let source = SourceAddress(address: "https://h/x", addressWithLogin: "https://u:p@h/x")
        let own = ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"]
        let made = GitEnvironment.variables(from: own, for: source)
        #expect(made["GIT_CONFIG_COUNT"] == "2")
        #expect(made["GIT_CONFIG_KEY_0"] == "a.b")
        #expect(made["GIT_CONFIG_KEY_1"] == "url.https://u:p@h/x.insteadOf")
        #expect(made["GIT_CONFIG_VALUE_1"] == "https://h/x")
    }
}

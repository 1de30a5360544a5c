// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

@Suite struct `Environment of git` {
    private func variables(
        _ own: [String: String] = [:],
        _ settings: [(String, String)] = []
    ) -> [String: String] {
        let entries = settings.compactMap { key, value in
            GitSettingKey(key).map { GitSettings.Entry(key: $0, value: Array(value.utf8)) }
        }
        return GitEnvironment.variables(from: own, GitSettings(entries), configuration: "/file")
    }

    @Test func `git never prompts and writes English messages`() {
        let made = self.variables(["LC_ALL": "de_DE", "PATH": "/bin"])
        #expect(made["GIT_TERMINAL_PROMPT"] == "0")
        #expect(made["GIT_ASKPASS"] == "false")
        #expect(made["SSH_ASKPASS"] == "false")
        #expect(made["SSH_ASKPASS_REQUIRE"] == "never")
        #expect(made["GIT_SSH_COMMAND"] == "ssh -o BatchMode=yes")
        #expect(made["LC_ALL"] == "C")
        #expect(made["GIT_NO_REPLACE_OBJECTS"] == "1")
        #expect(made["PATH"] == "/bin")
    }

    @Test(arguments: ["DISPLAY", "WAYLAND_DISPLAY", "GPG_TTY", "CODE_IMPORT_LOGIN"])
    func `git gets no variable that leads to a person or contains the login`(name: String) {
        #expect(self.variables([name: "x"])[name] == nil)
    }

    @Test(arguments: [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_KEY_0",
        "GIT_DEFAULT_HASH", "GIT_TEMPLATE_DIR", "GIT_QUARANTINE_PATH", "GIT_PROTOCOL",
        "GIT_REPLACE_REF_BASE", "GIT_ATTR_SOURCE",
        "GIT_DEFAULT_REF_FORMAT", "GIT_INTERNAL_SUPER_PREFIX", "GIT_REF_PARANOIA",
    ])
    func `variables about a repository are removed`(name: String) {
        #expect(self.variables([name: "x"])[name] == nil)
    }

    @Test(arguments: [
        "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY", "GIT_PROXY_COMMAND", "GIT_HTTP_USER_AGENT",
        "GIT_CURL_VERBOSE", "GIT_TRACE", "GIT_SSH_VARIANT", "GIT_EXEC_PATH", "https_proxy",
    ])
    func `variables that say how to reach a host are kept`(name: String) {
        #expect(self.variables([name: "x"])[name] == "x")
    }

    @Test func `only the worker's own file of settings is read`() {
        let made = self.variables(["GIT_CONFIG_GLOBAL": "/other", "GIT_CONFIG_SYSTEM": "/other"])
        #expect(made["GIT_CONFIG_GLOBAL"] == "/file")
        #expect(made["GIT_CONFIG_SYSTEM"] == "/dev/null")
        #expect(made["GIT_CONFIG_NOSYSTEM"] == "1")
    }

    @Test func `the settings are listed with the operator's own files and variables`() {
        let own = [
            "GIT_CONFIG_GLOBAL": "/mine", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b",
            "GIT_DIR": "/x",
        ]
        let made = GitEnvironment.forSettings(from: own, remote: "https://h/x")
        #expect(made["GIT_CONFIG_GLOBAL"] == "/mine" && made["GIT_DIR"] == nil)
        #expect(made["GIT_CONFIG_COUNT"] == "2" && made["GIT_CONFIG_KEY_0"] == "a.b")
        #expect(made["GIT_CONFIG_VALUE_1"] == "https://h/x")
    }

    @Test(
        arguments: [
            (["GIT_SSH_COMMAND": "ssh -i key"], nil, "ssh -i key -o BatchMode=yes"),
            (
                ["GIT_SSH_COMMAND": "'/opt/my ssh/ssh' -v"], nil,
                "'/opt/my ssh/ssh' -v -o BatchMode=yes"
            ),
            (["GIT_SSH_COMMAND": "wrapper"], nil, "wrapper"),
            (
                ["GIT_SSH_COMMAND": "wrapper", "GIT_SSH_VARIANT": "ssh"], nil,
                "wrapper -o BatchMode=yes"
            ),
            (["GIT_SSH_COMMAND": "ssh", "GIT_SSH_VARIANT": "simple"], nil, "ssh"),
            (["GIT_SSH_COMMAND": "/opt/plink -P 3"], nil, "/opt/plink -P 3 -batch"),
            (["GIT_SSH_COMMAND": "a"], "ssh -i key", "a"),
            (["GIT_SSH": "/opt/it's/ssh"], nil, #"'/opt/it'\''s/ssh' -o BatchMode=yes"#),
            (["GIT_SSH": "/opt/wrapper"], nil, nil),
            (["GIT_SSH": "/opt/wrapper"], "ssh -i key", "ssh -i key -o BatchMode=yes"),
            ([:], "ssh -i key", "ssh -i key -o BatchMode=yes"),
        ] as [([String: String], String?, String?)]
    )
    func `the operator's ssh command is used, and asks nothing if it is a known one`(
        own: [String: String],
        setting: String?,
        value: String?
    ) {
        let made = self.variables(own, setting.map { [("core.sshcommand", $0)] } ?? [])
        #expect(made["GIT_SSH_COMMAND"] == value)
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import code_import_worker

@Suite struct `Settings of git` {
    private func settings(_ fields: String...) -> GitSettings {
        GitSettings(configList: Array((fields.joined(separator: "\0") + "\0").utf8))
    }

    @Test func `the list of git is parsed with scopes, empty values and values of several lines`() {
        let settings = self.settings(
            "global",
            "http.https://h.i/x.proxy\na\nb",
            "local",
            "remote.up.url\nhttps://h/x",
            "system",
            "core.bare",
            "command",
            "http.useragent\n"
        )
        #expect(settings.entries.map(\.key.section) == ["http", "remote", "core", "http"])
        #expect(settings.entries[0].key.subsection == "https://h.i/x")
        #expect(settings.entries[0].text == "a\nb")
        #expect(settings.entries[2].value == nil && settings.entries[3].value == [])
        #expect(settings.origins == [Array("https://h/x".utf8)])
    }

    @Test(arguments: [
        "http.proxy", "http.https://h/.sslcainfo", "http.cookiefile", "http.extraheader",
        "credential.helper", "credential.https://h.username", "ssh.variant", "core.gitproxy",
        "safe.directory", "transfer.fsckobjects", "fetch.fsck.missingemail", "pack.windowmemory",
        "protocol.version",
    ])
    func `settings that say how to reach and check a source are used`(key: String) {
        #expect(self.settings("global", "\(key)\nx").used.count == 1)
        #expect(self.settings("local", "\(key)\nx").used.isEmpty)
    }

    @Test(arguments: [
        "clone.defaultremotename", "init.templatedir", "init.defaultbranch", "core.hookspath",
        "core.bare", "core.sharedrepository", "core.logallrefupdates", "core.fsmonitor",
        "fetch.prune", "fetch.prunetags", "fetch.recursesubmodules", "fetch.writecommitgraph",
        "remote.origin.fetch", "remote.origin.proxy", "transfer.hiderefs", "uploadpack.hiderefs",
        "extensions.partialclone", "gc.auto", "maintenance.auto", "protocol.ext.allow",
        "pack.packsizelimit", "repack.writebitmaps", "alias.fetch", "http.followredirects",
        "user.useconfigonly", "clone.filtersubmodules", "init.defaultobjectformat", "log.showroot",
        "tag.gpgsign", "core.alternaterefscommand", "transfer.bundleuri", "new.setting",
    ])
    func `settings that say what a repository is have no effect`(key: String) {
        #expect(self.settings("global", "\(key)\nx").used.isEmpty)
    }

    @Test func `the file of settings is one that git reads back`() throws {
        let shop = try Workshop()
        let values = [#"a"b\c"#, " x # y ; ", "two\nlines\ttab", "", "caf\u{E9}"]
        let key = GitSettingKey("http", #"https://h/"q"\z"#, name: "extraheader")
        var entries = values.map { GitSettings.Entry(key: key, value: Array($0.utf8)) }
        entries.append(GitSettings.Entry(key: GitSettingKey("core", name: "bare")))
        let path = shop.folder + "/file"
        try Data(GitSettings.file(entries)).write(to: URL(fileURLWithPath: path))
        let output = try shop.git("config", "--file", path, "--list", "-z", "--show-scope")
        var read = GitSettings(configList: Array(output.utf8)).entries
        for index in read.indices { read[index].isLocal = false }
        #expect(read == entries)
    }

    @Test func `of the rules insteadOf the longest is used`() {
        let settings = self.settings(
            "global",
            "url.git@i:.insteadof\nhttps://h/",
            "global",
            "url.file:///z/.insteadof\nhttps://h/z/"
        )
        #expect(settings.rewritten("https://h/x") == "git@i:x")
        #expect(settings.rewritten("https://h/z/x") == "file:///z/x")
        #expect(settings.rewritten("http://h/x") == "http://h/x")
    }
}

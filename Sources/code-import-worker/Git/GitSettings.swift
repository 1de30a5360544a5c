// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The settings of git as `git config --list` prints them, in the order of their precedence.
///
/// The operator's settings serve two purposes. Some say how to reach a host: proxies, certificates,
/// the ssh command, credential helpers. The worker uses those. Others say how repositories should
/// be made and kept, and they were written for the operator's own working copies. The worker does
/// not use those, because a mirror would then depend on who ran the import.
struct GitSettings: Equatable {
    struct Entry: Equatable {
        var key: GitSettingKey
        /// The bytes of the value, or `nil` for a setting without an equals sign, which means true.
        var value: [UInt8]?
        /// Whether the setting is in the configuration of the mirror itself.
        var isLocal = false

        /// The value as text.
        var text: String { String(decoding: self.value ?? [], as: UTF8.self) }
    }

    var entries: [Entry] = []

    init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    /// Parses the output of `git config --list -z --show-scope`.
    init(configList output: [UInt8]) {
        var fields = output.split(separator: 0, omittingEmptySubsequences: false)[...]
        while fields.count > 1, let scope = fields.popFirst(), let field = fields.popFirst() {
            let end = field.firstIndex(of: UInt8(ascii: "\n"))
            guard let name = String(validating: field[..<(end ?? field.endIndex)], as: UTF8.self),
                let key = GitSettingKey(name)
            else { continue }
            let value = end.map { Array(field[($0 + 1)...]) }
            let isLocal = scope.elementsEqual("local".utf8) || scope.elementsEqual("worktree".utf8)
            self.entries.append(Entry(key: key, value: value, isLocal: isLocal))
        }
    }

    /// Returns the value that git would use: the last one, or `nil` if there is none.
    func last(_ key: GitSettingKey) -> String? {
        self.entries.last { $0.key == key }?.text
    }

    /// The URLs of the remotes in the configuration of the mirror.
    ///
    /// `clone.defaultRemoteName` may have given the remote another name than `origin`.
    var origins: [[UInt8]] {
        self.entries.compactMap { entry in
            let isURL = entry.key.section == "remote" && entry.key.name == "url"
            return entry.isLocal && isURL ? entry.value : nil
        }
    }

    /// Returns the address after the operator's rules `url.<base>.insteadOf`: of all rules whose
    /// value starts the address, git uses the longest.
    func rewritten(_ address: String) -> String {
        var best: (length: Int, base: String)?
        for entry in self.entries where entry.key.section == "url" && entry.key.name == "insteadof"
        {
            let prefix = entry.text
            guard address.utf8.starts(with: prefix.utf8), prefix.utf8.count > best?.length ?? 0
            else { continue }
            best = (prefix.utf8.count, entry.key.subsection ?? "")
        }
        guard let best else { return address }
        return best.base
            + String(decoding: Array(address.utf8.dropFirst(best.length)), as: UTF8.self)
    }

    /// The settings outside of the mirror that the worker uses.
    var used: [Entry] { self.entries.filter { !$0.isLocal && $0.key.isUsed } }

    /// Returns the content of a configuration file.
    static func file(_ entries: [Entry]) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += "\(entry.key.header)\n\t\(entry.key.name)".utf8
            if let value = entry.value {
                bytes += " = \"".utf8
                bytes += Self.escaped(value)
                bytes += "\"".utf8
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    private static func escaped(_ value: [UInt8]) -> [UInt8] {
        value.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\n"): Array(#"\n"#.utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
            default: [byte]
            }
        }
    }
}

/// The name of a setting: `section.name`, or `section.subsection.name`.
struct GitSettingKey: Hashable {
    /// The section in lowercase letters.
    let section: String
    let subsection: String?
    /// The name in lowercase letters.
    let name: String

    init(_ section: String, _ subsection: String? = nil, name: String) {
        self.section = section
        self.subsection = subsection
        self.name = name
    }

    /// Parses a key.
    ///
    /// The subsection may contain dots.
    init?(_ text: String) {
        guard let first = text.firstIndex(of: "."), let last = text.lastIndex(of: ".") else {
            return nil
        }
        let isPlain = first == last
        self.init(
            text[..<first].lowercased(),
            isPlain ? nil : String(text[text.index(after: first)..<last]),
            name: text[text.index(after: last)...].lowercased()
        )
    }

    /// Whether the worker uses the operator's value of this setting.
    ///
    /// The list contains the settings that say how to reach a source, which broken objects to
    /// refuse, and how much memory and how many threads git may use. A setting that is not in the
    /// list has no effect, also if a future version of git introduces it.
    var isUsed: Bool {
        switch self.section {
        // The worker follows redirects itself; see SourceRoute.
        case "http": self.name != "followredirects"
        case "credential", "credentialcache", "credentialstore": true
        case "ssh": self.name == "variant"
        case "protocol": self.subsection == nil && self.name == "version"
        case "safe": self.name == "directory"
        case "core": Self.usedOfCore.contains(self.name)
        case "fetch": self.name == "fsckobjects" || self.subsection == "fsck"
        case "transfer": self.name == "fsckobjects"
        case "pack": ["threads", "windowmemory", "deltacachesize"].contains(self.name)
        // Reflogs, which a mirror has only if somebody turned them on, contain the name.
        case "user": self.name == "name" || self.name == "email"
        case "trace2": true
        default: false
        }
    }

    private static let usedOfCore = [
        "gitproxy", "bigfilethreshold", "packedgitlimit", "packedgitwindowsize",
        "deltabasecachelimit",
    ]

    /// The key as text, for GIT_CONFIG_KEY_n.
    var text: String {
        ([self.section] + (self.subsection.map { [$0] } ?? []) + [self.name]).joined(separator: ".")
    }

    /// The line of a configuration file that starts the section.
    var header: String {
        guard let subsection else { return "[\(self.section)]" }
        let escaped = subsection.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "[\(self.section) \"\(escaped)\"]"
    }
}

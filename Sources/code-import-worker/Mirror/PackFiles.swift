// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The files of the folder `objects/pack`, by pack.
struct PackFiles {
    /// The path of the folder.
    let folder: BytePath
    /// The extensions that exist for each pack, by the name of the pack without an extension.
    private(set) var extensions: [String: Set<String>] = [:]

    init(of mirror: BytePath) {
        self.folder = mirror.appending("objects").appending("pack")
        for entry in FileTree.entries(of: self.folder) where entry.starts(with: "pack-") {
            let name = String(decoding: entry.name, as: UTF8.self)
            guard let dot = name.lastIndex(of: ".") else { continue }
            self.extensions[String(name[..<dot]), default: []]
                .insert(String(name[name.index(after: dot)...]))
        }
    }

    /// The names of the packs without an index, which git does not use and never removes.
    ///
    /// A pack that somebody keeps on purpose is not among them.
    var withoutIndex: [String] {
        self.extensions.filter { $0.value.contains("pack") && !$0.value.contains("idx") }
            .map(\.key).filter { !self.isKept($0) }.sorted()
    }

    /// The files that belong to a pack that does not exist.
    var withoutPack: [BytePath] {
        self.extensions.filter { !$0.value.contains("pack") }.flatMap { name, extensions in
            extensions.filter { $0 != "keep" || self.isKeptByGit(name) }
                .map { self.path(name, $0) }
        }
    }

    /// The markers with which a killed git has protected a new pack from removal.
    var staleMarkers: [BytePath] {
        self.extensions
            .filter { $0.value.contains("keep") && $0.value.contains("pack") }
            .map(\.key).filter(self.isKeptByGit).map { self.path($0, "keep") }
    }

    /// Returns the path of a file of a pack.
    func path(_ name: String, _ suffix: String) -> BytePath {
        self.folder.appending("\(name).\(suffix)")
    }

    /// Returns the paths of all files of a pack.
    func paths(of name: String) -> [BytePath] {
        (self.extensions[name] ?? []).sorted().map { self.path(name, $0) }
    }

    private func isKept(_ name: String) -> Bool {
        self.extensions[name]?.contains("keep") == true && !self.isKeptByGit(name)
    }

    /// Git writes its own name and process id into a marker that lasts only as long as the command.
    ///
    /// A marker with any other content belongs to a person.
    private func isKeptByGit(_ name: String) -> Bool {
        guard let text = self.path(name, "keep").contents(limit: 64) else { return false }
        return ["fetch-pack ", "receive-pack ", "fast-import"].contains {
            text.starts(with: $0.utf8)
        }
    }
}

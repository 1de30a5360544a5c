// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import ProgramSupport
import Testing

@Suite struct `Readable text` {
    /// Scalars that no text from outside may bring before a reader.
    private static let unreadable: [Unicode.Scalar] = [
        "\0", "\u{1B}", "\n", "\r", "\u{8}", "\u{7F}", "\u{85}", "\u{9B}", "\u{AD}", "\u{61C}",
        "\u{180E}", "\u{200B}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}", "\u{202A}",
        "\u{202E}", "\u{2060}", "\u{2066}", "\u{2069}", "\u{FEFF}", "\u{FFF9}", "\u{FFFE}",
        "\u{378}", "\u{E0001}", "\u{E0041}", "\u{10FFFF}",
    ]

    @Test(arguments: unreadable)
    func `a character that is not readable is removed or escaped`(scalar: Unicode.Scalar) {
        let text = "a\(scalar)b"
        #expect(ReadableText.withoutControls(text) == "ab")
        let escaped = ReadableText.escaped(text)
        #expect(escaped.hasPrefix("a\\") && escaped.hasSuffix("b"))
        #expect(escaped.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 })
    }

    @Test(arguments: [
        "plain", "a\tb", "ä € 日本語", "👩‍👩‍👧", "می‌خواهم", "e\u{301}", "\u{FFFD}", "\u{E0B0}",
    ])
    func `readable text is not changed`(text: String) {
        #expect(ReadableText.withoutControls(text) == text)
        #expect(ReadableText.escaped(text) == text)
    }

    @Test func `a message of several lines keeps its line feeds only`() {
        #expect(ReadableText.escaped("a\n\u{2028}b\r", keepsLines: true) == "a\n\\u{2028}b\\r")
    }

    // MARK: - Commands

    @Test(
        arguments: [
            (["make", "-j4", "a/b.c", "x=1"], "make -j4 a/b.c x=1"),
            (["sh", "-c", "exit 7"], "sh -c 'exit 7'"),
            (["echo", "", "it's", "$HOME", "a\\b"], #"echo '' 'it'\''s' '$HOME' 'a\b'"#),
            (["printf", "one\ntwo\t\u{1B}[31m\u{7F}"], #"printf $'one\ntwo\t\e[31m\x7F'"#),
            (["a", "it's\n\\"], #"a $'it\'s\n\\'"#),
            (["a", "\u{202E}b", "\u{E0041}"], #"a $'\u202Eb' $'\U000E0041'"#),
            (["a", "b\rc", "日本"], #"a $'b\rc' 日本"#),
            (
                ["git", "clone", "https://me:secret@h/p?token=x"],
                "git clone 'https://***@h/p?token=***'"
            ),
        ] as [([String], String)]
    )
    func `a command is one line that a shell would accept`(arguments: [String], line: String) {
        #expect(CommandText.line(arguments) == line)
    }

    @Test func `a long argument and a long row of arguments are shortened`() {
        let script = String(repeating: "a", count: 90) + "\n" + String(repeating: "b", count: 90)
        let short = CommandText.line(["sh", "-c", script])
        let (start, end) = (String(repeating: "a", count: 50), String(repeating: "b", count: 25))
        #expect(short == "sh -c \(start)…\(end)")
        let many = CommandText.line(["rm"] + (1...1000).map { "file\($0)" })
        #expect(many.hasPrefix("rm file1 file2 ") && many.hasSuffix(" more arguments)"))
        #expect(many.count < 450)
    }

    @Test func `a secret is masked before a long argument is shortened`() {
        let url = "https://user:" + String(repeating: "s", count: 100) + "@example.org/p"
        #expect(CommandText.line(["git", "fetch", url]) == "git fetch https://***@example.org/p")
    }

    @Test func `a character of a thousand marks does not make a long line`() {
        let argument = "a" + String(repeating: "\u{301}", count: 1000)
        #expect(CommandText.line([argument]).unicodeScalars.count < 100)
    }

    // MARK: - Output on a terminal

    private func filtered(_ chunks: [String]) -> String {
        var filter = TerminalFilter()
        let bytes = chunks.flatMap { filter.filter([UInt8]($0.utf8).span.bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("a\r\nb\t\u{8}c", "a\r\nb\t\u{8}c"),
        ("\u{1B}[1;31mred\u{1B}[0m\u{1B}[K", "\u{1B}[1;31mred\u{1B}[0m\u{1B}[K"),
        ("a\u{1B}[2Jb\u{1B}[10;20Hc\u{1B}[?1049hd", "abcd"),
        ("a\u{1B}]0;title\u{7}b\u{1B}Pq\u{1B}\\c\u{1B}(0d\u{1B}ce", "abcde"),
        ("a\u{1B}[>4;2mb\u{1B}[5 qc", "abc"),
        ("a\u{9B}31mb\u{85}c\u{202E}d\u{2028}e\u{0}\u{7}f", "a31mbcdef"),
        ("a\u{1B}]never ends\nb", "ab"),
        ("a\u{1B}[31\nb", "a\nb"),
    ])
    func `only harmless sequences reach a terminal`(output: String, text: String) {
        #expect(self.filtered([output]) == text)
        #expect(self.filtered(output.unicodeScalars.map(String.init)) == text)
    }

    @Test func `a filter knows whether a style may be active`() {
        var filter = TerminalFilter()
        _ = filter.filter([UInt8]("a\u{1B}[Kb\u{1B}[2J".utf8).span.bytes)
        #expect(!filter.hasStyle)
        _ = filter.filter([UInt8]("\u{1B}[31m".utf8).span.bytes)
        #expect(filter.hasStyle)
    }

    @Test func `only control characters are refused in addresses`() {
        #expect(ReadableText.hasControls("a\nb") && ReadableText.hasControls("\u{85}"))
        #expect(!ReadableText.hasControls("a\tb\u{AD}\u{200B}\u{2028}"))
    }

    @Test func `characters may be divided between chunks, and invalid bytes are replaced`() {
        var filter = TerminalFilter()
        let bytes: [UInt8] = [
            0xE2, 0x82, 0xAC, 0xFF, 0x61, 0xE2, 0x62, 0xF0, 0x9F, 0x98, 0x80, 0x63,
        ]
        let result = bytes.flatMap { filter.filter([$0].span.bytes) }
        #expect(String(decoding: result, as: UTF8.self) == "€\u{FFFD}a\u{FFFD}b😀c")
    }

    @Test func `a long row of marks is cut, and a long sequence is removed`() {
        let marks = "a" + String(repeating: "\u{36F}", count: 100) + "b"
        #expect(self.filtered([marks]).unicodeScalars.count == 10)
        let sequence = "a\u{1B}[" + String(repeating: "1;", count: 100) + "mb"
        #expect(self.filtered([sequence]) == "ab")
    }
}

#endif

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

@Suite struct `Trace of HTTP` {
    private static let time = "08:02:48.213526 http.c:684              "

    private func trace(_ lines: String...) -> HTTPTrace {
        var trace = HTTPTrace()
        for line in lines {
            let isTaken = trace.take(Self.time + line)
            #expect(isTaken)
        }
        return trace
    }

    @Test(arguments: [
        "", "fatal: early EOF", "08:02:48.213526 git.c:439               trace: built-in: git x",
        "remote: 08:02:48.213526 http.c:684              <= Recv header: HTTP/1.1 429 x",
        "08:02:48 http.c:684 <= Recv header: HTTP/1.1 429 x",
    ])
    func `other lines are no lines of the trace`(line: String) {
        var trace = HTTPTrace()
        let isTaken = trace.take(line)
        #expect(!isTaken)
        #expect(trace == HTTPTrace())
    }

    @Test func `the status and the headers of a response are kept`() throws {
        let trace = self.trace(
            "=> Send header: GET /x.git/info/refs?service=git-upload-pack HTTP/1.1",
            "<= Recv header, 0000000032 bytes (0x00000020)",
            "<= Recv header: HTTP/1.1 429 Too Many Requests",
            "<= Recv header: RETRY-AFTER:  120",
            "== Info: Connection #0 to host 127.0.0.1 left intact"
        )
        let error = try #require(trace.lastError)
        #expect(error.status == 429)
        #expect(error.headers == ["retry-after": "120"])
        #expect(error.isOfRefs)
        #expect(trace.last == error)
        #expect(!trace.hasServed)
    }

    @Test func `a header of an earlier response does not count for a later one`() {
        let trace = self.trace(
            "=> Send header: GET /x.git/info/refs HTTP/2",
            "<= Recv header: HTTP/2 302",
            "<= Recv header: retry-after: 5",
            "<= Recv header: HTTP/2 403"
        )
        #expect(trace.lastError?.headers == [:])
    }

    @Test func `a request was served if the list of refs or a POST succeeded`() {
        let list = "=> Send header: GET /x.git/info/refs HTTP/1.1"
        let post = "=> Send header: POST /x.git/git-upload-pack HTTP/1.1"
        let fine = "<= Recv header: HTTP/1.1 200 OK"
        #expect(self.trace(list, fine).hasServed)
        #expect(self.trace(post, fine).hasServed)
        #expect(!self.trace(list, "<= Recv header: HTTP/1.1 401 x").hasServed)
        #expect(!self.trace("=> Send header: GET /login HTTP/1.1", fine).hasServed)
        #expect(
            !self.trace("=> Send header: CONNECT h:443 HTTP/1.1", "<= Recv header: HTTP/1.1 200 x")
                .hasServed
        )
        var later = HTTPTrace()
        later.follow(self.trace(list, fine))
        #expect(later.hasServed)
    }

    @Test func `interim responses do not count`() {
        let trace = self.trace(
            "=> Send header: POST /x/git-upload-pack HTTP/1.1",
            "<= Recv header: HTTP/1.1 100 Continue",
            "<= Recv header: HTTP/1.1 503 x"
        )
        #expect(trace.last?.status == 503)
    }

    @Test func `the kept part of a body is bounded`() throws {
        var trace = self.trace(
            "=> Send header: GET /x/info/refs HTTP/1.1",
            "<= Recv header: HTTP/1.1 200 OK"
        )
        let line = Self.time + "<= Recv data: " + String(repeating: "x", count: 60)
        for _ in 0..<1000 { _ = trace.take(line) }
        #expect(try #require(trace.refs).body.utf8.count < HTTPTrace.longestBody + 60)
    }
}

@Suite struct `Wait that a host asks for` {
    // Sat, 28 Nov 2026 08:00:00 GMT
    private static let now = 1_795_852_800

    private func wait(_ headers: [String: String]) -> Int? {
        RetryAfter.seconds(headers, now: Self.now)
    }

    @Test(arguments: [
        ("0", 0), ("1", 1), ("120", 120), ("86400", 86_400), ("315360000", 86_400),
        ("99999999999999999999999", 86_400), ("Sat, 28 Nov 2026 08:02:00 GMT", 120),
        ("Saturday, 28-Nov-26 08:02:00 GMT", 120), ("Sat Nov 28 08:02:00 2026", 120),
        ("Sat, 28 Nov 2026 07:00:00 GMT", 0), ("Wed, 28 Nov 2035 08:00:00 GMT", 86_400),
    ])
    func `a number of seconds or a date is the wait, up to a day`(text: String, seconds: Int) {
        #expect(self.wait(["retry-after": text]) == seconds)
    }

    @Test(arguments: ["", "-5", "1.5", "soon", "Sat, 28 Foo 2026 08:02:00 GMT", "GMT", "1 2 3"])
    func `a wait that cannot be read is no wait`(text: String) {
        #expect(self.wait(["retry-after": text]) == nil)
    }

    @Test func `a date is compared with the clock of the host`() {
        let headers = [
            "date": "Sat, 28 Nov 2026 09:00:00 GMT", "retry-after": "Sat, 28 Nov 2026 09:01:00 GMT",
        ]
        #expect(self.wait(headers) == 60)
    }

    @Test func `the end of a quota counts only if the quota is used up`() {
        let reset = "\(Self.now + 90)"
        #expect(self.wait(["x-ratelimit-remaining": "0", "x-ratelimit-reset": reset]) == 90)
        #expect(self.wait(["ratelimit-remaining": "0", "ratelimit-reset": "30"]) == 30)
        #expect(self.wait(["x-ratelimit-remaining": "9", "x-ratelimit-reset": reset]) == nil)
        #expect(self.wait([:]) == nil)
    }
}

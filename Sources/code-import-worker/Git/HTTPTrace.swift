// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The HTTP responses that git received, as its trace of curl (GIT_TRACE_CURL) shows them.
///
/// Git's own messages contain neither the headers of a response, such as Retry-After, nor whether
/// earlier requests succeeded. The trace goes to standard error, where the worker recognizes its
/// lines and does not print them. Git omits the log-in and the cookies from the trace.
struct HTTPTrace: Equatable {
    /// The number of bytes of a body that a trace with data keeps.
    static let longestBody = 4096

    /// One response.
    struct Response: Equatable {
        /// The path of the request, with its query, or an empty text if it is unknown.
        var path = ""
        var status: Int
        /// The values of the headers by their names in lower case.
        ///
        /// Of two with the same name, the last one counts, except that all values of
        /// WWW-Authenticate are kept.
        var headers: [String: String] = [:]
        /// The beginning of the body, with a period for each byte that is not printable ASCII.
        ///
        /// It is empty unless the trace contains data.
        var body = ""

        /// Whether the response is the list of refs, or its first part, in the smart protocol.
        var isSmart: Bool {
            self.headers["content-type"]?.hasPrefix("application/x-git-upload-pack-advertisement")
                == true
        }

        /// Whether the request was for the list of refs.
        var isOfRefs: Bool { self.path.prefix { $0 != "?" }.hasSuffix("/info/refs") }
    }

    /// The last response to a request for the list of refs.
    private(set) var refs: Response?
    /// The last response with a status of 400 or more.
    private(set) var lastError: Response?
    /// The last response, which may still lack headers.
    private(set) var last: Response?
    /// Whether any request for a list of refs or a pack has succeeded.
    private(set) var hasServed = false
    private var request = (method: "", path: "")

    static func == (first: HTTPTrace, second: HTTPTrace) -> Bool {
        first.refs == second.refs && first.lastError == second.lastError
            && first.last == second.last && first.hasServed == second.hasServed
    }

    /// Takes a line of standard error, and returns whether it is a line of the trace.
    mutating func take(_ line: String) -> Bool {
        guard let text = Self.content(of: line) else { return false }
        if let header = Self.rest(of: text, after: "=> Send header: ") {
            self.sent(header)
        } else if let header = Self.rest(of: text, after: "<= Recv header: ") {
            self.received(header)
        } else if let data = Self.rest(of: text, after: "<= Recv data: ") {
            self.update { response in
                guard response.body.utf8.count < Self.longestBody else { return }
                response.body += data
            }
        }
        return true
    }

    /// Adds what an earlier process of git has learned.
    mutating func follow(_ earlier: HTTPTrace) {
        self.hasServed = earlier.hasServed
    }

    private mutating func sent(_ header: Substring) {
        let parts = header.split(separator: " ")
        guard parts.count == 3, parts[2].hasPrefix("HTTP/") else { return }
        self.request = (String(parts[0]), String(parts[1]))
    }

    private mutating func received(_ header: Substring) {
        guard header.hasPrefix("HTTP/") else {
            guard let colon = header.firstIndex(of: ":") else { return }
            let name = header[..<colon].lowercased()
            let value = header[header.index(after: colon)...].drop { $0 == " " }
            return self.update { response in
                let earlier = name == "www-authenticate" ? response.headers[name] : nil
                response.headers[name] = (earlier.map { "\($0), " } ?? "") + value
            }
        }
        let parts = header.split(separator: " ")
        // A proxy's answer to CONNECT with a status of success says nothing about the source.
        guard parts.count > 1, let status = Int(parts[1]), status >= 200,
            self.request.method != "CONNECT" || status >= 400
        else { return }
        self.last = Response(path: self.request.path, status: status)
        self.update { _ in }
        if status < 300, self.last?.isOfRefs == true || self.request.method == "POST" {
            self.hasServed = true
        }
    }

    /// Changes the last response, and its copies.
    private mutating func update(_ change: (inout Response) -> Void) {
        guard var response = self.last else { return }
        change(&response)
        self.last = response
        if response.isOfRefs { self.refs = response }
        if response.status >= 400 { self.lastError = response }
    }

    /// Returns the part of a line after the time and the position in git's source, or `nil` if it
    /// is no line of the trace.
    ///
    /// A line looks like "08:02:48.213526 http.c:684              => Send header: GET /x HTTP/1.1".
    private static func content(of line: String) -> Substring? {
        let bytes = Array(line.utf8.prefix(16))
        guard bytes.count == 16, bytes[2] == UInt8(ascii: ":"), bytes[5] == UInt8(ascii: ":"),
            bytes[8] == UInt8(ascii: "."), bytes[15] == UInt8(ascii: " ")
        else { return nil }
        let rest = line.dropFirst(16)
        guard rest.hasPrefix("http.c:") else { return nil }
        return rest.drop { $0 != " " }.drop { $0 == " " }
    }

    private static func rest(of text: Substring, after prefix: String) -> Substring? {
        text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : nil
    }
}

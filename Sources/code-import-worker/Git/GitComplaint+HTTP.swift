// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

// Failures that the HTTP responses of the host explain.
extension GitComplaint {
    /// Statuses of a host that is overloaded, or that does not work for now.
    ///
    /// From 520 on they come from a proxy in front of the host, for example "Web server is down".
    private static let temporaryStatuses: Set<Int> =
        Set([408, 425, 429, 500, 502, 503, 504, 507, 508, 509, 510, 511, 598, 599]).union(520...530)

    /// Statuses that are about the repository, also if the response names a wait.
    private static let lastingStatuses: Set<Int> = [404, 410, 451, 501]

    private static let reasons: [Int: String] = [
        407: "Proxy Authentication Required", 408: "Request Timeout", 425: "Too Early",
        429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
        503: "Service Unavailable", 504: "Gateway Timeout", 507: "Insufficient Storage",
    ]

    /// Returns the failure that the last unsuccessful response explains, or `nil` if the messages
    /// of git explain it better.
    static func httpFailure(of result: GitResult) -> ImportFailure? {
        guard let response = result.http.lastError ?? Self.response(in: result.complaints) else {
            return nil
        }
        if response.status == 407 {
            return ImportFailure(
                .machineFault,
                "The proxy of this machine requires a login. Correct the proxy in git's settings or in "
                    + "the environment."
            )
        }
        if Self.lastingStatuses.contains(response.status) { return nil }
        let wait = RetryAfter.seconds(response.headers)
        guard let sentence = Self.temporary(response, wait, result) else { return nil }
        let asks = wait.map { " It asks to wait \($0) s before the next attempt." } ?? ""
        return ImportFailure(.temporaryFailure, sentence + asks, retryAfter: wait)
    }

    /// Returns a sentence if the response means that a later attempt may succeed, or `nil`.
    private static func temporary(
        _ response: HTTPTrace.Response,
        _ wait: Int?,
        _ result: GitResult
    ) -> String? {
        let status = "HTTP status \(response.status)"
        if Self.temporaryStatuses.contains(response.status) {
            let reason = Self.reasons[response.status].map { " (\($0))" } ?? ""
            return "The host is overloaded or down for now: it answered with \(status)\(reason)."
        }
        if wait != nil || RetryAfter.isUsedUp(response.headers) {
            return "The host refuses the request for now, with \(status)."
        }
        guard [401, 403].contains(response.status) else { return nil }
        if result.http.hasServed {
            return
                "The host refused a later request with \(status), after it had answered an earlier "
                + "one. So it probably limits the number of requests."
        }
        let isSaid = result.complaints.contains(where: TemporaryText.isSaid)
        if isSaid || result.page.map(TemporaryText.isIn) == true {
            return "The host refuses the request for now, with \(status) and a text about a limit."
        }
        return nil
    }

    /// Returns the response whose status is in a message of git, if there is no trace.
    private static func response(in complaints: [String]) -> HTTPTrace.Response? {
        for complaint in complaints {
            for part in ["The requested URL returned error: ", "RPC failed; HTTP "] {
                guard !complaint.hasPrefix("remote: "), let range = complaint.firstRange(of: part),
                    let status = Int(complaint[range.upperBound...].prefix { $0.isNumber })
                else { continue }
                return HTTPTrace.Response(status: status)
            }
        }
        return nil
    }
}

/// Texts by which a host says that a later attempt may succeed.
enum TemporaryText {
    private static let phrases = [
        "rate limit", "rate-limit", "ratelimit", "rate exceeded", "too many requests",
        "too many connections", "too many concurrent", "too many sessions", "request limit",
        "limit exceeded", "throttl", "abuse detection", "temporarily", "try again later",
        "try again in", "retry later", "please wait", "slow down", "overloaded", "over capacity",
        "server is busy", "service unavailable", "under maintenance", "down for maintenance",
        "maintenance mode", "scheduled maintenance", "maintenance in progress",
        "maintenance window",
        "undergoing maintenance", "being maintained", "back soon", "currently unavailable",
        "read-only mode", "api unreachable", "no space left on device", "out of memory",
        "cannot allocate memory",
    ]

    /// Returns whether a text contains one of the phrases.
    static func isIn(_ text: String) -> Bool {
        let text = text.lowercased()
        return Self.phrases.contains { text.contains($0) }
    }

    /// Returns whether a line of git is a text of the host, and contains one of the phrases.
    ///
    /// In a line of git itself, a phrase may be part of the address of the source. A line without
    /// one of git's prefixes comes from ssh or from the host through ssh.
    static func isSaid(in line: String) -> Bool {
        let isOfHost = ["remote: ", "fatal: remote error: ", "ERROR: "].contains {
            line.hasPrefix($0)
        }
        let isOfGit = ["fatal: ", "error: ", "warning: ", "hint: ", "ssh: "].contains {
            line.hasPrefix($0)
        }
        return (isOfHost || !isOfGit) && Self.isIn(line)
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

// Pages that a host sends instead of a repository.
extension Git {
    /// Looks at what the host sent if git could make nothing of it, or took it for an
    /// empty repository.
    ///
    /// In the protocol for plain files, git takes any text without a line end for an empty list of
    /// refs, for example the page of a captive portal.
    ///
    /// - Throws: ``ImportFailure`` if git succeeded although the host sent no repository.
    func examinePage(_ result: inout GitResult) throws(ImportFailure) {
        guard let refs = result.http.refs, !refs.isSmart else { return }
        if result.exit.isSuccess {
            if result.isOfEmptyRepository { try self.checkEmptyRepository() }
        } else if let status = result.http.last?.status, [200, 403].contains(status) {
            let http = try self.probe()
            result.page = (http.lastError ?? http.last)?.body
        }
    }

    /// Checks that a repository of plain files without refs is one: its list of refs is an empty
    /// file, and its HEAD names a ref.
    private func checkEmptyRepository() throws(ImportFailure) {
        let http = try self.probe()
        if let refs = http.refs, refs.status == 200, refs.body.isEmpty,
            let head = http.last, head.status == 200, head.isOfHead,
            head.body.hasPrefix("ref: refs/")
        {
            return
        }
        let responses = [http.refs, http.last].compactMap(\.self)
        if responses.contains(where: { TemporaryText.isIn($0.body) }) {
            throw GitComplaint.temporaryPage
        }
        let type = responses.compactMap { $0.headers["content-type"] }.first.map { " (\($0))" }
        throw ImportFailure(
            .invalidSource,
            "There is no repository at this URL. The server sends something else\(type ?? "")."
        )
    }
}

extension GitResult {
    /// Whether git succeeded, and found a repository without refs.
    fileprivate var isOfEmptyRepository: Bool {
        switch self.command {
        case "git ls-remote": self.output.isEmpty
        case "git clone":
            self.complaints.contains { $0.contains("appear to have cloned an empty repository") }
        default: false
        }
    }
}

extension HTTPTrace.Response {
    /// Whether the request was for the file HEAD of a repository.
    fileprivate var isOfHead: Bool { self.path.hasSuffix("/HEAD") }
}

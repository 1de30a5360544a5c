// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

extension ExitTest.Result? {
    /// Whether the program that was stopped said `message` on its standard error.
    func said(_ message: String) -> Bool {
        guard let self else { return false }
        return String(decoding: self.standardErrorContent, as: UTF8.self).contains(message)
    }
}

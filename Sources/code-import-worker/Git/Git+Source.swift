// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

// The settings of the operator's git, and the way to the source after a response that is not
// a success.
extension Git {
    /// Reads the operator's settings, and the configuration of the mirror if there is one.
    ///
    /// Call this method before git works on the source.
    func readSettings(of mirror: String?) throws(ImportFailure) {
        let list = ["config", "--list", "-z", "--show-scope"]
        self.session.readsSettings = true
        defer { self.session.readsSettings = false }
        if let mirror {
            let result = try self.quietly { () throws(ImportFailure) in
                try self.run(list, in: mirror)
            }
            if result.exit.isSuccess {
                return try self.session.use(GitSettings(configList: result.output))
            }
            self.session.mirrorFailure = result
        }
        let result = try self.run(list)
        try result.check()
        try self.session.use(GitSettings(configList: result.output))
    }

    /// Finds out whether the source can be reached in another way after git has failed.
    ///
    /// - Returns: Whether git should run again.
    /// - Throws: ``ImportFailure`` if a redirect leads to a place that is not allowed.
    func hasOtherWay(after result: GitResult) throws(ImportFailure) -> Bool {
        let address = self.session.route.address
        guard try self.session.hasOtherWay(after: result) else { return false }
        if self.session.route.address != address {
            self.say("The source redirects to \(self.session.route.address)")
        }
        return true
    }
}

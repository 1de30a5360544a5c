// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

extension GitComplaint {
    /// All messages that are known, the telling ones before the vague ones.
    static let table: [GitComplaint] = [
        Self.ofThisMachine, Self.ofThePolicy, Self.ofOwnership, Self.ofFeatures,
        Self.ofBrokenHistory, Self.ofLogIn, Self.ofNoSuchRepository, Self.ofTheNetwork,
        Self.ofBreakingOff, Self.vague,
    ].flatMap(\.self)

    /// One row of the table.
    static func says(
        _ parts: String...,
        example: String,
        _ exit: ProgramExitCode,
        _ sentence: String
    ) -> GitComplaint {
        GitComplaint(parts: parts, example: example, exit: exit, sentence: sentence)
    }
}

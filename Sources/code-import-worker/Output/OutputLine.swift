// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A piece of text that a program wrote, and how it ended it.
struct OutputLine: Equatable {
    /// Without the end of the line, and without white space before it.
    var text: String
    /// Whether it ended with CR: the program will write over it.
    var isUpdate = false
}

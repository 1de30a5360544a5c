// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// How a child's pseudo-terminal is set up.
public struct TerminalSettings: Sendable, Hashable {
    /// Lines of the window; 0 says that it is not known.
    public var rows: UInt16
    /// Columns of the window; 0 says that it is not known.
    public var columns: UInt16
    /// Whether what is typed is echoed.
    ///
    /// Off by default: it would look like output.
    public var echoes: Bool
    /// Whether a line feed comes out as CR LF.
    ///
    /// Off by default, which also doubles the rate.
    public var translatesNewlines: Bool

    /// Makes settings; the defaults suit a worker that nobody types at.
    public init(
        rows: UInt16 = 0,
        columns: UInt16 = 0,
        echoes: Bool = false,
        translatesNewlines: Bool = false
    ) {
        self.rows = rows
        self.columns = columns
        self.echoes = echoes
        self.translatesNewlines = translatesNewlines
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

// A hook such as `outReceived(_:)` gets a `RawSpan`, which is neither a sequence nor escapable. So
// the standard library has no way to copy its bytes without a pointer.

extension RangeReplaceableCollection where Element == UInt8 {
    /// Makes a collection, for example an array, of the bytes that a hook has received.
    ///
    ///     override func outReceived(_ data: RawSpan) {
    ///         let bytes = Array(data)
    ///     }
    @inlinable
    public init(_ data: RawSpan) {
        self.init()
        self.append(contentsOf: data)
    }

    /// Appends the bytes that a hook has received.
    ///
    ///     override func outReceived(_ data: RawSpan) {
    ///         self.output.append(contentsOf: data)
    ///     }
    @inlinable
    public mutating func append(contentsOf data: RawSpan) {
        data.withUnsafeBytes { self.append(contentsOf: $0) }
    }
}

extension String {
    /// Makes a string of the bytes that a hook has received.
    ///
    ///     override func outReceived(_ data: RawSpan) {
    ///         print(String(decoding: data, as: UTF8.self), terminator: "")
    ///     }
    ///
    /// Each invalid sequence becomes the character U+FFFD. A chunk of output can end inside of a
    /// character, so collect the bytes first if every character matters.
    @inlinable
    public init(decoding data: RawSpan, as encoding: UTF8.Type) {
        self = data.withUnsafeBytes { String(decoding: $0, as: encoding) }
    }
}

extension ProcessTransport {
    /// Queues a text, encoded as UTF-8, for the child's standard input or for its terminal.
    @discardableResult
    public func write(_ text: String) -> WriteOutcome { self.write(Array(text.utf8)) }
}

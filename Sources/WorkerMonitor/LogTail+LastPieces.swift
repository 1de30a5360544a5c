// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension LogTail {
    /// How many pieces between line feeds a tail shows.
    static let pieceCount = 5

    /// Gives the part of the bytes that the last five pieces between line feeds take.
    ///
    /// A line feed at the very end makes an empty last piece: whole lines leave four of them.
    /// Carriage returns separate nothing here.
    static func lastPieces(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var lineFeeds = 0
        var start = bytes.endIndex
        while start > bytes.startIndex {
            if bytes[start - 1] == UInt8(ascii: "\n") {
                lineFeeds += 1
                if lineFeeds == Self.pieceCount { break }
            }
            start -= 1
        }
        return bytes[start...]
    }
}

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
        guard let lineFeed = Self.lineFeedBeforeLastPieces(of: bytes) else { return bytes }
        return bytes[(lineFeed + 1)...]
    }

    /// Gives where the line feed is that comes before the last five pieces, if there are more.
    static func lineFeedBeforeLastPieces<Bytes: RandomAccessCollection>(
        of bytes: Bytes
    ) -> Int? where Bytes.Element == UInt8, Bytes.Index == Int {
        var lineFeeds = 0
        var place = bytes.endIndex
        while place > bytes.startIndex {
            place -= 1
            guard bytes[place] == UInt8(ascii: "\n") else { continue }
            lineFeeds += 1
            if lineFeeds == Self.pieceCount { return place }
        }
        return nil
    }
}

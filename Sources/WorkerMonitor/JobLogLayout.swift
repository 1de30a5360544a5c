// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Where the files of a log are, and how long each of them gets.
///
/// The first half of a log is in its own file. What comes after that goes to parts, in a folder
/// beside it, of a quarter of the half each; a part that is full is followed by the next, which
/// takes the place of the oldest. So four parts are full and hold the newest half, and one is
/// being filled. A part's length is all there is to know about it, so nothing needs to be written
/// twice and nothing can be torn when the monitor is killed:
///
/// ```
/// 1.log            the first half of the output, and notes made until then
/// 1.log.parts/0…4  a header (see JobLogPartHeader), then output
/// 1.log.parts/notes   notes made since then (see JobLogNote); only if there are any
/// 1.log.parts-done    the folder under its last name: all of it is in the log's file again
/// ```
struct JobLogLayout {
    /// How many parts there are at most.
    static let partCount = 5

    /// The log's own file.
    let path: String

    /// The folder of the parts.
    var folder: String { self.path + ".parts" }

    /// What the folder is called once it is not needed any more.
    ///
    /// The change of the name is the moment at which the log counts as put together.
    var doneFolder: String { self.path + ".parts-done" }

    /// The file of notes.
    var notes: String { self.folder + "/notes" }

    /// The file of a part.
    func part(_ number: Int) -> String { "\(self.folder)/\(number)" }

    /// How much output a part holds, so that all but one hold half a log.
    static func partLength(half: Int64) -> Int64 {
        (half + Int64(Self.partCount) - 2) / Int64(Self.partCount - 1)
    }

    /// Throws if there are parts of another log, which would be mixed up with this one's.
    func requireNoParts() throws(JobLogError) {
        var status = stat()
        if lstat(self.folder, &status) == 0 {
            throw JobLogError(.create, path: self.folder, errno: EEXIST)
        }
    }

    /// Removes the folder of the parts under its last name; what cannot be removed stays.
    func removeDoneFolder() {
        for number in 0..<Self.partCount { unlink("\(self.doneFolder)/\(number)") }
        unlink(self.doneFolder + "/notes")
        rmdir(self.doneFolder)
    }
}

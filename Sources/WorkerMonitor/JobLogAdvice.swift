// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What a person can do when a log cannot be written.
enum JobLogAdvice {
    /// Gives the advice for an error number; `nil` where the system's text says all there is to
    /// say.
    static func advice(errno: Int32) -> String? {
        switch errno {
        case ENOSPC: "free some space on its file system, or choose another folder for logs"
        case EDQUOT: "free some of the user's disk quota, or choose another folder for logs"
        case EFBIG: "raise the limit on file sizes (ulimit -f), or lower the limit of the log"
        case EIO: "its disk may be failing; see the kernel's log, or choose another folder for logs"
        case EROFS: "its file system is read-only; choose another folder for logs"
        case EACCES, EPERM: "let this user write to its folder, or choose another folder for logs"
        case ENOENT: "make its folder first, or choose another folder for logs"
        case ENOTDIR: "a part of its path is not a folder; choose another folder for logs"
        case EEXIST: "something of that name is there already; move it away, or choose another name"
        case EMFILE, ENFILE: "too many files are open; raise the limit (ulimit -n)"
        default: nil
        }
    }
}

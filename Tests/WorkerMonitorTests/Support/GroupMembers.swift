// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The live members of a process group; zombies, which wait for whoever adopted them, do not count.
func liveMembers(ofGroup group: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(Int32.init).filter { pid in
        let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") ?? Data()
        let stat = String(decoding: data, as: UTF8.self)
        // The name, in parentheses, may have anything in it; after it come state, parent and group.
        guard let end = stat.lastIndex(of: ")") else { return false }
        let fields = stat[end...].split(separator: " ")
        return fields.count > 3 && fields[1] != "Z" && Int32(fields[3]) == group
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor

/// Reads a named pipe on the reactor of the test.
final class PipeReader {
    private(set) var text = ""
    private(set) var isAtEnd = false
    private let descriptor: Int32
    private var watch: (any DescriptorWatch)?

    init(_ reactor: LibevReactor, _ path: String) {
        self.descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        self.watch = reactor.addReader(self.descriptor) { [unowned self] in self.read() }
    }

    deinit {
        self.watch?.remove()
        close(self.descriptor)
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(self.descriptor, &buffer, buffer.count)
        guard count <= 0 else {
            self.text += String(decoding: buffer.prefix(count), as: UTF8.self)
            return
        }
        self.isAtEnd = count == 0
        if self.isAtEnd { self.watch?.remove() }
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Descriptors that are on their way to other owners; closes those that did not get there.
final class DescriptorSet {
    private var numbers: [Int32] = []

    deinit { self.closeAll() }

    /// Takes ownership of an open descriptor.
    func add(_ number: Int32) {
        self.numbers.append(number)
    }

    /// Hands a descriptor of the set on to another owner.
    func take(_ number: Int32) -> Descriptor {
        self.numbers.removeAll { $0 == number }
        return Descriptor(owning: number)
    }

    /// Closes what is left.
    func closeAll() {
        for number in self.numbers { close(number) }
        self.numbers = []
    }
}

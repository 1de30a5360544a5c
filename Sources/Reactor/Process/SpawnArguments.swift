// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Strings as the kernel wants them: an array of pointers to NUL-terminated bytes, ended by a null
/// pointer.
final class SpawnArguments {
    private let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        self.count = strings.count
        self.pointers = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() {
            (self.pointers + index).initialize(to: strdup(string))
        }
        (self.pointers + strings.count).initialize(to: nil)
    }

    deinit {
        for index in 0..<self.count { free(self.pointers[index]) }
        self.pointers.deallocate()
    }

    /// As `argv` and `envp` of execve(2).
    var mutable: UnsafePointer<UnsafeMutablePointer<CChar>?> { UnsafePointer(self.pointers) }

    /// As a list of constant strings.
    var constant: UnsafePointer<UnsafePointer<CChar>?> {
        // A pointer to constant characters has the layout of one to characters; C has no other way
        // either.
        UnsafeRawPointer(self.pointers).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
    }
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Who is told when a descriptor is ready.
///
/// A class with one method rather than a closure: a stored closure costs an allocation for each
/// descriptor and a second indirection for each event.
class ReadinessTarget {
    /// The descriptor is ready.
    ///
    /// The receiver is kept alive for the length of the call.
    func descriptorIsReady() {}
}

// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// errno, for files that import a C module whose own declarations must not be mixed up with
/// Glibc's.
func lastErrorNumber() -> Int32 { errno }

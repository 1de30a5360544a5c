// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Testing

/// The built program with real repositories.
///
/// The tests run one after the other, because each of them starts a dozen processes.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum `End-to-end imports` {}

#endif

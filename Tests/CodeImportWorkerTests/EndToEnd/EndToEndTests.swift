// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

/// The built program on real repositories, one test after the other: each starts a dozen processes.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum EndToEndTests {}

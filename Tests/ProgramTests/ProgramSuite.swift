// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

/// All tests that run the programs, one after the other: some measure time and memory.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum ProgramSuite {}

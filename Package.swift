// swift-tools-version: 6.2
// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// A client that enables no trait resolves swift-log and nothing else.
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser",
    condition: .when(traits: ["Programs"])
)
let grdb = Target.Dependency.product(
    name: "GRDB",
    package: "GRDB.swift",
    condition: .when(traits: ["LocalScheduler"])
)
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "swift-reactor",
    products: [
        .library(name: "Reactor", targets: ["Reactor"]),
        .library(name: "ReactorTesting", targets: ["ReactorTesting"]),
        .library(name: "Protocols", targets: ["Protocols"]),
        .library(name: "WorkerMonitor", targets: ["WorkerMonitor"]),
        .library(name: "LocalScheduler", targets: ["LocalScheduler"]),
        .executable(name: "worker-monitor", targets: ["worker-monitor"]),
        .executable(name: "code-import-worker", targets: ["code-import-worker"]),
    ],
    // No trait is on by default. The scripts enable Programs, and with it everything.
    traits: [
        .trait(
            name: "LocalScheduler",
            description: "The library LocalScheduler, which keeps jobs in SQLite and needs GRDB."
        ),
        .trait(
            name: "Programs",
            description: "The programs, which need swift-argument-parser.",
            enabledTraits: ["LocalScheduler"]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibev", providers: [.apt(["libev-dev"])]),
        .target(name: "CSpawn"),
        .target(
            name: "Reactor",
            dependencies: ["CLibev", "CSpawn", logging],
            swiftSettings: strict
        ),
        .target(
            name: "ReactorTesting",
            dependencies: ["Reactor", logging],
            swiftSettings: strict
        ),
        .target(
            name: "Protocols",
            dependencies: ["Reactor", logging],
            swiftSettings: strict
        ),
        // What both programs need and an event loop does not: URLs, standard streams, exit codes.
        .target(
            name: "ProgramSupport",
            dependencies: ["CSpawn", "Reactor"],
            swiftSettings: strict
        ),
        .target(
            name: "WorkerMonitor",
            dependencies: ["ProgramSupport", "Protocols", "Reactor", logging],
            swiftSettings: strict
        ),
        .target(
            name: "LocalScheduler",
            dependencies: ["ProgramSupport", "WorkerMonitor", "Reactor", grdb],
            swiftSettings: strict
        ),
        // The logic of worker-monitor as a library, which tests can import.
        .target(
            name: "WorkerMonitorProgram",
            dependencies: [
                "LocalScheduler", "ProgramSupport", "WorkerMonitor", "Reactor", argumentParser,
                logging,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "worker-monitor",
            dependencies: ["ProgramSupport", "WorkerMonitorProgram"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "code-import-worker",
            dependencies: ["ProgramSupport", "Reactor", argumentParser],
            swiftSettings: strict
        ),
        // One program with named verbs is every child that the tests start.
        .executableTarget(name: "test-child", path: "Tests/TestChild"),
        // The built programs, run as an operator runs them.
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "Reactor", "Protocols", "WorkerMonitor", "worker-monitor", "code-import-worker",
                "TestSupport", "test-child", grdb,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReactorTests",
            dependencies: [
                "CLibev", "CSpawn", "Reactor", "ReactorTesting", "TestSupport", "test-child",
                logging,
            ],
            swiftSettings: strict
        ),
        // Test doubles and helpers that more than one test target uses.
        .target(
            name: "TestSupport",
            dependencies: ["Reactor", "ReactorTesting", logging],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        // The allocator of the test program, which counts.
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(
            name: "AllocationTests",
            dependencies: [
                "CAllocationCounter", "WorkerMonitor", "Protocols", "Reactor", "ReactorTesting",
                "TestSupport", "test-child",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ProtocolsTests",
            dependencies: [
                "Protocols", "Reactor", "ReactorTesting", "TestSupport", "test-child", logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WorkerMonitorTests",
            dependencies: [
                "WorkerMonitor", "ProgramSupport", "Protocols", "Reactor", "ReactorTesting",
                "TestSupport", "test-child", logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LocalSchedulerTests",
            dependencies: [
                "LocalScheduler", "ProgramSupport", "WorkerMonitor", "Reactor", "ReactorTesting",
                "TestSupport", grdb,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CodeImportWorkerTests",
            dependencies: ["code-import-worker", "ProgramSupport", "Reactor", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WorkerMonitorProgramTests",
            dependencies: [
                "WorkerMonitorProgram", "LocalScheduler", "ProgramSupport", "WorkerMonitor",
                "Reactor", argumentParser,
            ],
            swiftSettings: strict
        ),
    ]
)

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
            dependencies: ["CLibev", "CSpawn", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),
        .target(
            name: "ReactorTesting",
            dependencies: ["Reactor", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),
        .target(
            name: "Protocols",
            dependencies: ["Reactor", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),
        .target(
            name: "WorkerMonitor",
            dependencies: [
                "Protocols", "Reactor", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "LocalScheduler",
            dependencies: [
                "WorkerMonitor", "Reactor", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "worker-monitor",
            dependencies: [
                "LocalScheduler", "WorkerMonitor", "Protocols", "Reactor",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "code-import-worker",
            dependencies: [
                "Reactor",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        // One program with named verbs is every child that the tests start.
        .executableTarget(name: "test-child", path: "Tests/TestChild"),
        // The built programs, run as an operator runs them.
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "Reactor", "Protocols", "WorkerMonitor", "worker-monitor", "code-import-worker",
                "test-child", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReactorTests",
            dependencies: [
                "CLibev", "CSpawn", "Reactor", "ReactorTesting", "test-child",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        // The doubles that the tests of both layers of supervision use.
        .target(
            name: "ProtocolsTestSupport",
            dependencies: ["Reactor", .product(name: "Logging", package: "swift-log")],
            path: "Tests/ProtocolsTestSupport",
            swiftSettings: strict
        ),
        // The allocator of the test program, which counts.
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(
            name: "AllocationTests",
            dependencies: [
                "CAllocationCounter", "WorkerMonitor", "Protocols", "ProtocolsTestSupport",
                "Reactor", "ReactorTesting", "test-child",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ProtocolsTests",
            dependencies: [
                "Protocols", "ProtocolsTestSupport", "Reactor", "ReactorTesting", "test-child",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WorkerMonitorTests",
            dependencies: [
                "WorkerMonitor", "Protocols", "ProtocolsTestSupport", "Reactor", "ReactorTesting",
                "test-child", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LocalSchedulerTests",
            dependencies: [
                "LocalScheduler", "WorkerMonitor", "Reactor", "ReactorTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CodeImportWorkerTests",
            dependencies: ["code-import-worker", "Reactor"],
            swiftSettings: strict
        ),
    ]
)

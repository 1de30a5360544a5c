// swift-tools-version: 6.2
// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A package of its own, so that who uses the library builds none of this. The children that both
// sides start are in Child and built by Scripts/bench-build: what SwiftPM links has all of Swift's
// library in it, and starting that would take longer than much of what is measured.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "benchmarks",
    products: [
        // Put before the C library by LD_PRELOAD, which needs a library of its own.
        .library(name: "count-allocations", type: .dynamic, targets: ["CCountAllocations"])
    ],
    dependencies: [
        .package(name: "swift-reactor", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // The floor: each scenario in C on raw libev.
        .executableTarget(
            name: "floor",
            path: "Sources/CFloor",
            linkerSettings: [.linkedLibrary("ev"), .linkedLibrary("util")]
        ),
        .target(name: "CCountAllocations"),
        // Each scenario on swift-reactor, through its public API only.
        .executableTarget(
            name: "reactor-bench",
            dependencies: [
                .product(name: "Reactor", package: "swift-reactor"),
                .product(name: "Protocols", package: "swift-reactor"),
                .product(name: "WorkerMonitor", package: "swift-reactor"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        // Runs both, interleaved, and compares.
        .executableTarget(name: "bench-driver", swiftSettings: strict),
    ]
)

// swift-tools-version: 6.2
// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// The benchmarks are a package of their own, so that a user of the library does not build them.
// Scripts/bench-build compiles the program that both sides start as a child, from the folder Child.
// SwiftPM would link it with the Swift runtime, and loading the runtime takes longer than much of
// what the scenarios measure.
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
        // A dynamic library, because it is loaded through LD_PRELOAD.
        .library(name: "count-allocations", type: .dynamic, targets: ["CCountAllocations"])
    ],
    dependencies: [
        .package(name: "swift-reactor", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // The floor: the scenarios in C on libev, without a layer in between.
        .executableTarget(
            name: "floor",
            path: "Sources/CFloor",
            linkerSettings: [.linkedLibrary("ev"), .linkedLibrary("util")]
        ),
        .target(name: "CCountAllocations"),
        // The scenarios on swift-reactor, through its public API only.
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
        // Runs the floor and swift-reactor in turn, and compares their figures.
        .executableTarget(name: "bench-driver", swiftSettings: strict),
    ]
)

// swift-tools-version: 6.2
// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// The peers in Swift. A package of its own, so that the benchmarks themselves need none of what these
// depend on; its versions are exact, as figures of another version are other figures.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "peers",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    ],
    targets: [
        // The floor's clocks and spawn, by links: a target may not lie outside of its package.
        .target(name: "CFloor"),
        .target(name: "PeerSupport", dependencies: ["CFloor"], swiftSettings: strict),
        .executableTarget(
            name: "foundation-peer",
            dependencies: ["CFloor", "PeerSupport"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "subprocess-peer",
            dependencies: [
                "CFloor",
                "PeerSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "nio-peer",
            dependencies: [
                "CFloor",
                "PeerSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
    ]
)

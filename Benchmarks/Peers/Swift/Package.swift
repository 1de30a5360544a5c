// swift-tools-version: 6.2
// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// The peers in Swift are a package of their own, so that the benchmarks do not depend on the other
// libraries. The versions are exact, because the figures apply to these versions only.
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
        // The C functions of the floor for clocks and spawns. They are symbolic links, because the
        // files of a target must be in its package.
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

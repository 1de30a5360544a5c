// swift-reactor
// SPDX-License-Identifier: Apache-2.0

@main
struct TestChild {
    static func main() {}
}

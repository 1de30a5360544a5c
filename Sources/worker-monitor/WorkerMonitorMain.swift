// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import WorkerMonitorProgram

@main
enum WorkerMonitorMain {
    static func main() {
        WorkerMonitorCommand.main()
    }
}

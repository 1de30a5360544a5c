// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import WorkerMonitorProgram

@main
enum WorkerMonitorMain {
    static func main() {
        #if Programs
        WorkerMonitorCommand.main()
        #else
        ProgramsTrait.exitWithout(program: "worker-monitor")
        #endif
    }
}

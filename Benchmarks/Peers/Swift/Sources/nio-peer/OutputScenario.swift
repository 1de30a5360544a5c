// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import PeerSupport

/// S3 KIND BYTES CHUNK CHILD: reads what a child writes, which the floor starts.
struct OutputScenario {
    private let arguments: ScenarioArguments

    init(_ arguments: ScenarioArguments) {
        self.arguments = arguments
    }

    func run(on loop: any EventLoop) throws {
        let ended = loop.makePromise(of: Int.self)
        let figures = OutputFigures(self.arguments)
        let child = self.spawn()
        _ = try NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OutputReceiver(ended))
                }
            }
            .takingOwnershipOfDescriptor(input: child.out).wait()
        let received = try ended.futureResult.wait()
        var status: CInt = 0
        if waitpid(child.pid, &status, 0) != child.pid || status != 0 {
            fail("a child did not end well")
        }
        figures.end(received: received)
    }

    private func spawn() -> spawned {
        let words = ["blast", self.arguments.text(1), self.arguments.text(2)]
        var command = ([self.arguments.text(3)] + words).map { strdup($0) } + [nil]
        defer { for word in command { free(word) } }
        return spawn_on_one_pipe(&command)
    }
}

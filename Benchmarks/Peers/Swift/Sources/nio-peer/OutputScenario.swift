// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import PeerSupport

/// S3 KIND BYTES CHUNK CHILD: reads the output of a child; KIND is ignored.
///
/// SwiftNIO cannot start a child, so the C code of the floor does.
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
            fail("the child failed: its wait status is \(status)")
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

/// Counts the received bytes, and fulfills a promise with their number at end of file.
private final class OutputReceiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let ended: EventLoopPromise<Int>
    private var received = 0

    init(_ ended: EventLoopPromise<Int>) {
        self.ended = ended
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received += Self.unwrapInboundIn(data).readableBytes
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.ended.succeed(self.received)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.ended.fail(error)
    }
}

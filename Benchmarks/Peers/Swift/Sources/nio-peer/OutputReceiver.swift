// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Counts what comes, and tells how much it was at the end.
final class OutputReceiver: ChannelInboundHandler {
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

public import NIOCore
import NIOPosix

/// Stands between two ends of TCP on loopback, and can be cut.
public final class CuttableWire: Sendable {
    private let front: any Channel
    private let ends: NIOLoopBoundBox<[any Channel]>

    private init(_ front: any Channel, _ ends: NIOLoopBoundBox<[any Channel]>) {
        self.front = front
        self.ends = ends
    }

    /// Where it listens.
    public var port: Int { front.localAddress?.port ?? 0 }

    /// Passes on every connection to a port.
    public static func lay(to port: Int, on eventLoop: any EventLoop) async throws -> CuttableWire {
        let ends = NIOLoopBoundBox<[any Channel]>.makeBoxSendingValue([], eventLoop: eventLoop)
        let front = try await ServerBootstrap(group: eventLoop)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop).channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: port)
                    .flatMapThrowing { far in
                        try near.pipeline.syncOperations.addHandler(Passing(to: far))
                        try far.pipeline.syncOperations.addHandler(Passing(to: near))
                        ends.value += [near, far]
                        near.setOption(.autoRead, value: true).whenComplete { _ in }
                        far.setOption(.autoRead, value: true).whenComplete { _ in }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return CuttableWire(front, ends)
    }

    /// Cuts what is connected; what comes later passes.
    public func cut() async throws {
        try await front.eventLoop.submit { [ends] in
            for end in ends.value { end.close(promise: nil) }
            ends.value = []
        }.get()
    }

    /// Stops listening, and cuts what is connected.
    public func close() async throws {
        try await cut()
        try await front.close().get()
    }
}

private final class Passing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { other.write(unwrapInboundIn(data), promise: nil) }

    func channelReadComplete(context: ChannelHandlerContext) { other.flush() }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

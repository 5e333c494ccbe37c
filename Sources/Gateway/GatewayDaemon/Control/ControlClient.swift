import FoundationEssentials
import NIOCore
import NIOPosix

/// Asks a running gateway.
public enum ControlClient {
    /// Why a gateway could not be asked.
    public struct Unreachable: Error, CustomStringConvertible {
        /// A sentence.
        public let description: String
    }

    /// Sends one request and waits for its reply.
    ///
    /// A long answer may take its time as long as it keeps coming; only silence ends the wait.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - path: the gateway's Unix socket.
    ///   - patience: how long the gateway may be silent; nil for what the request gives it.
    /// - Returns: the reply.
    /// - Throws: ``Unreachable`` when nobody listens or answers there, or the answer is not one.
    public static func ask(
        _ request: ControlRequest,
        path: String,
        patience: Duration? = nil
    ) async throws -> ControlReply {
        let patience = patience ?? request.patience
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let clock = IdleStateHandler(readTimeout: TimeAmount(patience))
                        try channel.pipeline.syncOperations.addHandlers([clock, SilenceHandler(patience)])
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw Unreachable(description: "no gateway answers at \(path)")
        }
        return try await channel.executeThenClose { inbound, outbound in
            var line = try Array(JSONEncoder().encode(request))
            line.append(0x0A)
            // What keeps a request from being taken is what the answer ends with.
            try? await outbound.write(ByteBuffer(bytes: line))
            var received: [UInt8] = []
            for try await buffer in inbound {
                received.append(contentsOf: buffer.readableBytesView)
                if received.last == 0x0A { break }
            }
            guard let reply = try? JSONDecoder().decode(ControlReply.self, from: Data(received)) else {
                throw Unreachable(description: "the gateway at \(path) closed the connection without an answer")
            }
            return reply
        }
    }
}

/// Ends a connection whose other end is silent.
private final class SilenceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let patience: Duration

    init(_ patience: Duration) { self.patience = patience }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        let seconds = patience.components.seconds
        context.fireErrorCaught(
            ControlClient.Unreachable(
                description: "it has not answered within \(seconds)s; what was asked may still be done"
            )
        )
        context.close(promise: nil)
    }
}

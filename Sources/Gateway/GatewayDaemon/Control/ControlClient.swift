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
    /// - Parameters:
    ///   - request: what is asked.
    ///   - path: the gateway's Unix socket.
    /// - Returns: the reply.
    /// - Throws: ``Unreachable`` when nobody listens there or the answer is not one.
    public static func ask(_ request: ControlRequest, path: String) async throws -> ControlReply {
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
                }
        } catch {
            throw Unreachable(description: "no gateway answers at \(path)")
        }
        return try await channel.executeThenClose { inbound, outbound in
            var line = try Array(JSONEncoder().encode(request))
            line.append(0x0A)
            try await outbound.write(ByteBuffer(bytes: line))
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

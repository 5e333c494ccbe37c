import BridgeCore
import Logging
import NIOCore
import NIOPosix
import XMPPChannels
import XMPPStanzas
import XMPPStreams

extension ServerStreams {
    /// Opens the listeners.
    ///
    /// - Returns: their addresses, in the order of the settings; fails when one cannot be bound.
    func listen() -> EventLoopFuture<[SocketAddress]> {
        let futures = settings.listeners.map { bind($0) }
        return EventLoopFuture.whenAllSucceed(futures, on: eventLoop).map { $0.compactMap { $0 } }
    }

    private func bind(_ listener: XMPPLegSettings.Server.Listener) -> EventLoopFuture<SocketAddress?> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let isDirect = listener.isDirect
        return ServerBootstrap(group: eventLoop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.accept(channel, isDirect) }
            }
            .bind(host: listener.host, port: listener.port)
            .flatMapErrorThrowing { throw XMPPLegSettings.Server.Listener.Fault(listener: listener, cause: $0) }
            .map { channel in
                bound.value.listeners.append(channel)
                return channel.localAddress
            }
    }

    private func accept(_ channel: any Channel, _ isDirect: Bool) throws {
        let caller = CallerCounts.Caller(channel.remoteAddress)
        guard callers.came(caller, settings.bounds, now: leg.now.monotonic) else {
            leg.logger.debug("a connection was one too many", metadata: ["peer.address": "\(caller.address)"])
            return turnAway(channel, isDirect)
        }
        acceptedCount += 1
        let number = acceptedCount
        do {
            _ = try AcceptedStream(channel, from: caller, isDirect: isDirect, number: number, streams: self)
        } catch {
            accepted[number] = nil
            callers.left(caller, hadProved: false)
            throw error
        }
    }

    /// Says why in the clear; inside TLS that would cost what is to be saved.
    ///
    /// Source: RFC 6120 §4.9.3.17, XEP-0205 §3.
    private func turnAway(_ channel: any Channel, _ isDirect: Bool) {
        guard !isDirect else { return channel.close(promise: nil) }
        let header = ServerStreamHeader(from: hosts.fallback, to: nil, id: nil, version: .current)
        let bytes = header.bytes + StreamFault(.resourceConstraint).closingBytes(content: XMPPNamespace.server)
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenComplete { _ in channel.close(promise: nil) }
    }
}

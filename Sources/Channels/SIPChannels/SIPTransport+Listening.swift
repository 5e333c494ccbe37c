import Logging
public import NIOCore
import NIOPosix
import SIPMessages
import SIPTransactions

extension SIPTransport {
    /// Binds a UDP socket.
    ///
    /// - Parameters:
    ///   - host: an address.
    ///   - port: a port, 0 for a free one.
    /// - Returns: the address that was bound.
    public func listenUDP(host: String, port: Int) -> EventLoopFuture<SocketAddress?> {
        bindUDP(host: host, port: port, number: reserveListener())
    }

    private func bindUDP(host: String, port: Int, number: Int) -> EventLoopFuture<SocketAddress?> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let bootstrap = DatagramBootstrap(group: eventLoop)
            .channelOption(.datagramVectorReadMessageCount, value: 16)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 * (64 << 10)))
            .channelOption(.maxMessagesPerRead, value: 16)
            .channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(limits.receiveBuffer))
            .channelOption(.writeBufferWaterMark, value: Self.waterMark(limits.datagramBytes))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = DatagramHandler(
                        receive: { bound.value.received(datagram: $0, from: $1, local: number) },
                        batchEnded: { bound.value.deliver(.batchEnded) }
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        let isIPv6 = host.contains(":")
        return (isIPv6 ? bootstrap.channelOption(Self.onlyIPv6, value: 1) : bootstrap)
            .bind(host: host, port: port)
            .hop(to: eventLoop)
            .map { channel in
                bound.value.add(Listener(channel: channel, transport: .udp, isIPv6: isIPv6), number: number)
                let port = channel.localAddress?.port ?? port
                channel.closeFuture.whenComplete { _ in bound.value.restore(number, host: host, port: port) }
                return channel.localAddress
            }
    }

    /// Binds a UDP socket again that ended.
    ///
    /// The system refuses some datagrams, as to a network that it has no way to, and NIO closes the socket then; what
    /// one neighbor's address does must not end the service for the others.
    private func restore(_ number: Int, host: String, port: Int) {
        guard !isClosed else { return }
        listeners[number] = nil
        logger.warning("a UDP socket ended and is bound again", metadata: ["address": "\(host)", "port": "\(port)"])
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        bindUDP(host: host, port: port, number: number).whenFailure { _ in
            bound.value.eventLoop.scheduleTask(in: .seconds(1)) {
                bound.value.restore(number, host: host, port: port)
            }
        }
    }

    /// Each family has sockets of its own, so that `0.0.0.0` and `::` can have the same port.
    private static var onlyIPv6: ChannelOptions.Types.SocketOption { .init(level: .ipv6, name: .ipv6_v6only) }

    /// Binds a TCP socket.
    ///
    /// - Parameters:
    ///   - host: an address.
    ///   - port: a port, 0 for a free one.
    /// - Returns: the address that was bound.
    public func listenTCP(host: String, port: Int) -> EventLoopFuture<SocketAddress?> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let local = reserveListener()
        let isIPv6 = host.contains(":")
        let bootstrap = ServerBootstrap(group: eventLoop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: Self.waterMark(limits.unreadBytes))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.accepted(channel, local: local) }
            }
        return (isIPv6 ? bootstrap.serverChannelOption(Self.onlyIPv6, value: 1) : bootstrap)
            .bind(host: host, port: port)
            .hop(to: eventLoop)
            .map { channel in
                bound.value.add(Listener(channel: channel, transport: .tcp, isIPv6: isIPv6), number: local)
                return channel.localAddress
            }
    }

    /// The number that a listener will have; sockets that are bound at the same time get different ones.
    private func reserveListener() -> Int {
        defer { nextListener += 1 }
        return nextListener
    }

    private func add(_ listener: Listener, number: Int) {
        if isClosed {
            listener.channel.close(promise: nil)
        } else {
            listeners[number] = listener
        }
    }

    /// The address of a sender; one neighbor sends many datagrams in a row.
    private func text(of remote: SocketAddress) -> String? {
        if let lastRemote, lastRemote.socket == remote { return lastRemote.address }
        guard let address = remote.ipAddress else { return nil }
        lastRemote = (remote, address)
        return address
    }

    private func received(datagram bytes: [UInt8], from remote: SocketAddress, local: Int) {
        guard let address = text(of: remote), let port = remote.port else { return }
        let flow = SIPFlow(transport: .udp, local: local, remoteAddress: address, remotePort: port, connection: nil)
        // Four bytes of line ends keep a binding open (RFC 5626 §3.5.1 and its like); nothing is due.
        guard bytes.contains(where: { $0 != 0x0D && $0 != 0x0A && $0 != 0 }) else { return }
        do throws(SIPError) {
            deliver(.message(try SIPReader.read(datagram: bytes), flow))
        } catch {
            deliver(.malformed(error, flow))
        }
    }
}

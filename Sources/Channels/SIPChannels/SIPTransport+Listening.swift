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
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let local = reserveListener()
        return DatagramBootstrap(group: eventLoop)
            .channelOption(.datagramVectorReadMessageCount, value: 16)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 * (64 << 10)))
            .channelOption(.maxMessagesPerRead, value: 16)
            .channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(limits.receiveBuffer))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = DatagramHandler(
                        receive: { bytes, remote in bound.value.received(datagram: bytes, from: remote, local: local) },
                        batchEnded: { bound.value.deliver(.batchEnded) }
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: host, port: port)
            .hop(to: eventLoop)
            .map { channel in
                bound.value.add(Listener(channel: channel, transport: .udp, isIPv6: host.contains(":")), number: local)
                return channel.localAddress
            }
    }

    /// Binds a TCP socket.
    ///
    /// - Parameters:
    ///   - host: an address.
    ///   - port: a port, 0 for a free one.
    /// - Returns: the address that was bound.
    public func listenTCP(host: String, port: Int) -> EventLoopFuture<SocketAddress?> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let local = reserveListener()
        return ServerBootstrap(group: eventLoop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.accepted(channel, local: local) }
            }
            .bind(host: host, port: port)
            .hop(to: eventLoop)
            .map { channel in
                bound.value.add(Listener(channel: channel, transport: .tcp, isIPv6: host.contains(":")), number: local)
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

    private func received(datagram bytes: [UInt8], from remote: SocketAddress, local: Int) {
        guard let address = remote.ipAddress, let port = remote.port else { return }
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

import NIOCore

/// Hands whole datagrams to the transport.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let receive: ([UInt8], SocketAddress) -> Void
    private let batchEnded: () -> Void

    init(receive: @escaping ([UInt8], SocketAddress) -> Void, batchEnded: @escaping () -> Void) {
        self.receive = receive
        self.batchEnded = batchEnded
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        // A copy: a slice would pin the buffer that a whole batch of datagrams shares.
        receive(Array(buffer: envelope.data), envelope.remoteAddress)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        batchEnded()
    }

    /// A datagram that the system refused (ICMP) says nothing about the socket.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

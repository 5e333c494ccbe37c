import NIOCore
import TLSChannels
import XMPPStreams

/// The machine of live traffic, with somebody who looks on.
struct ObservedStream: ServerStream, ~Copyable {
    private var stream: InitiatingStream
    private let observe: (StreamInput, [StreamAction]) -> Void

    init(_ stream: consuming InitiatingStream, observe: @escaping (StreamInput, [StreamAction]) -> Void) {
        self.stream = stream
        self.observe = observe
    }

    mutating func receive(_ input: StreamInput, now: UInt64) -> [StreamAction] {
        let actions = stream.receive(input, now: now)
        observe(input, actions)
        return actions
    }

    var isReading: Bool { stream.isReading }

    var elementBytes: Int { stream.elementBytes }

    var isBidirectional: Bool { stream.isBidirectional }
}

/// Tells what a TLS handshake showed, and passes everything on.
final class HandshakeObserver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let observe: (TLSPeer) -> Void

    init(observe: @escaping (TLSPeer) -> Void) { self.observe = observe }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSEvent.handshakeCompleted(let peer) as TLSEvent = event { observe(peer) }
        context.fireUserInboundEventTriggered(event)
    }
}

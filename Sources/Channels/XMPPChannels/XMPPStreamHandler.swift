import NIOCore
import XMLStreams

/// Feeds the bytes of a connection to the stream parser.
final class XMPPStreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let parser: XML.StreamParser
    private let deliver: (XMPPConnection.Event) -> Void
    private var isBroken = false
    private var reason = "the peer closed the connection"

    init(limits: XML.Limits, excess: XML.ExcessPolicy, deliver: @escaping (XMPPConnection.Event) -> Void) {
        self.parser = XML.StreamParser(limits: limits, excess: excess)
        self.deliver = deliver
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        let buffer = unwrapInboundIn(data)
        var events: [XML.StreamEvent] = []
        do throws(XMLStreamError) {
            try parser.feed(Array(buffer: buffer)[...], into: &events)
            for event in events { deliver(.stream(event)) }
        } catch {
            for event in events { deliver(.stream(event)) }
            isBroken = true
            deliver(.malformed(error))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        deliver(.batchEnded)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // What is read makes answers: a peer that takes none is not read, so that they cannot pile up.
        try? context.channel.syncOptions?.setOption(.autoRead, value: context.channel.isWritable)
        if context.channel.isWritable { deliver(.writable) }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        reason = "\(error)"
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deliver(.closed(reason: reason))
        context.fireChannelInactive()
    }
}

import Addressing
import Loopback
import NIOCore
import NIOPosix
import SIPMessages

/// A SIP neighbor over UDP that answers what a test says.
final class Phone: Sendable {
    /// A request that arrived.
    struct Call: Sendable {
        let request: SIPRequest
        let source: SocketAddress

        var bytes: [UInt8] { Array(request.bytes) }
        var text: String { String(decoding: request.body, as: UTF8.self) }
        var uri: String { String(decoding: request.uriBytes, as: UTF8.self) }
        var callID: String { request.headers.text(.callID) ?? "" }
        var from: String { (try? request.headers.from().uri())?.description ?? "" }
        var fromTag: String? { try? request.headers.from().tag }
        var branch: String { (try? request.headers.topVia())?.branch ?? "" }
        var cseq: UInt32 { (try? request.headers.cseq().number) ?? 0 }
        var contentType: String { request.headers.text(.contentType) ?? "" }
    }

    /// Requests of the gateway, in order; copies too.
    let calls: Mailbox<Call>
    /// Responses of the gateway, in order.
    let responses: Mailbox<SIPResponse>
    private let channel: any Channel
    private let status: NIOLoopBoundBox<Int?>

    /// Binds a free port.
    static func start() async throws -> Phone {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let calls = Mailbox<Call>(eventLoop: eventLoop)
        let responses = Mailbox<SIPResponse>(eventLoop: eventLoop)
        let status = NIOLoopBoundBox<Int?>.makeBoxSendingValue(nil, eventLoop: eventLoop)
        let channel = try await DatagramBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Ear(calls, responses, status))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return Phone(channel, calls, responses, status)
    }

    private init(
        _ channel: any Channel,
        _ calls: Mailbox<Call>,
        _ responses: Mailbox<SIPResponse>,
        _ status: NIOLoopBoundBox<Int?>
    ) {
        self.channel = channel
        self.calls = calls
        self.responses = responses
        self.status = status
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    /// Answers every request with a status from now on; nil leaves them to the test.
    func answersAll(_ code: Int?) async throws {
        try await channel.eventLoop.submit { [status] in status.value = code }.get()
    }

    /// Answers a request.
    func answer(_ call: Call, _ status: Int, _ headers: [(SIPHeaderName, String)] = []) async throws {
        try await send(Self.response(to: call, status, headers), to: call.source)
    }

    fileprivate static func response(
        to call: Call,
        _ status: Int,
        _ headers: [(SIPHeaderName, String)] = []
    ) -> [UInt8] {
        var builder = SIPResponseBuilder(answering: call.request.headers, status: status, toTag: "phone", source: nil)
        for (name, value) in headers { builder.add(name, value) }
        return builder.message()
    }

    func send(_ bytes: [UInt8], to address: SocketAddress) async throws {
        try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: bytes))).get()
    }

    func stop() async { try? await channel.close() }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>

        private let calls: Mailbox<Call>
        private let responses: Mailbox<SIPResponse>
        private let status: NIOLoopBoundBox<Int?>

        init(_ calls: Mailbox<Call>, _ responses: Mailbox<SIPResponse>, _ status: NIOLoopBoundBox<Int?>) {
            self.calls = calls
            self.responses = responses
            self.status = status
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            switch try? SIPReader.read(datagram: Array(buffer: envelope.data)) {
            case .request(let request):
                let call = Call(request: request, source: envelope.remoteAddress)
                calls.put(call)
                guard let code = status.value else { return }
                let answer = ByteBuffer(bytes: Phone.response(to: call, code))
                let reply = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: answer)
                context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
            case .response(let response): responses.put(response)
            case nil: return
            }
        }
    }
}

/// A MESSAGE of a user of the SIP shore.
struct Note {
    var text: String
    var from = "sip:romeo@example.net"
    var to = "sip:juliet@example.com"
    var branch: String
    var callID: String
    var cseq = 1
    var type = "text/plain"
    var more: [String] = []

    /// A message in a call of its own.
    init(_ text: String, call: String, cseq: Int = 1) {
        self.text = text
        callID = call
        branch = "z9hG4bK-\(call)-\(cseq)"
        self.cseq = cseq
    }

    func bytes(port: Int) -> [UInt8] {
        let lines =
            [
                "MESSAGE \(to) SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:\(port);branch=\(branch);rport",
                "Max-Forwards: 70",
                "From: <\(from)>;tag=t-\(callID)", "To: <\(to)>", "Call-ID: \(callID)", "CSeq: \(cseq) MESSAGE",
            ] + more + ["Content-Type: \(type)", "Content-Length: \(text.utf8.count)", "", text]
        return Array(lines.joined(separator: "\r\n").utf8)
    }
}

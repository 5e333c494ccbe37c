import Logging
import Loopback
import NIOCore
import NIOPosix
import SIPChannels
import SIPTransactions

/// A transport on a loop, with all it told in order, and flushed whenever a batch ends.
final class TestedTransport: Sendable {
    let events: Mailbox<SIPTransport.Event>
    private let eventLoop: any EventLoop
    private let transport: NIOLoopBound<SIPTransport>

    private init(
        eventLoop: any EventLoop,
        events: Mailbox<SIPTransport.Event>,
        transport: NIOLoopBound<SIPTransport>
    ) {
        self.eventLoop = eventLoop
        self.events = events
        self.transport = transport
    }

    static func make(
        _ change: (inout SIPChannelLimits) -> Void = { _ in },
        isNeighbor: @escaping @Sendable (String) -> Bool = { _ in true }
    ) async throws -> TestedTransport {
        var changed = SIPChannelLimits()
        change(&changed)
        let limits = changed
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        return try await eventLoop.submit {
            let events = Mailbox<SIPTransport.Event>(eventLoop: eventLoop)
            let itself = NIOLoopBoundBox<SIPTransport?>.makeEmptyBox(eventLoop: eventLoop)
            let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
            let transport = SIPTransport(
                eventLoop: eventLoop,
                limits: limits,
                logger: logger,
                isNeighbor: isNeighbor
            ) { event in
                if case .batchEnded = event { itself.value?.flush() } else { events.put(event) }
            }
            itself.value = transport
            return TestedTransport(
                eventLoop: eventLoop,
                events: events,
                transport: NIOLoopBound(transport, eventLoop: eventLoop)
            )
        }.get()
    }

    func listen(_ kind: SIPFlow.Transport, host: String = "127.0.0.1", port: Int = 0) async throws -> SocketAddress {
        let address = try await eventLoop.flatSubmit { [transport] in
            kind == .udp
                ? transport.value.listenUDP(host: host, port: port) : transport.value.listenTCP(host: host, port: port)
        }.get()
        guard let address else { throw ChannelError.unknownLocalAddress }
        return address
    }

    /// Sends each, then lets them leave together.
    func send(_ texts: String..., to flow: SIPFlow) async throws {
        try await eventLoop.submit { [transport] in
            for text in texts { transport.value.send(Array(text.utf8), to: flow) }
            transport.value.flush()
        }.get()
    }

    /// Queues one that does not leave yet.
    func queue(_ text: String, to flow: SIPFlow) async throws {
        try await eventLoop.submit { [transport] in transport.value.send(Array(text.utf8), to: flow) }.get()
    }

    func close() async throws {
        try await eventLoop.submit { [transport] in transport.value.close() }.get()
    }

    func localAddresses() async throws -> [SocketAddress] {
        try await eventLoop.submit { [transport] in transport.value.localAddresses }.get()
    }
}

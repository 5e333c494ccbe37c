import Logging
import NIOCore
import NIOPosix
import SIPMessages
import SIPTransactions

extension SIPTransport {
    /// A TCP connection, open or opening.
    final class Connection {
        let flow: SIPFlow
        /// Whether the peer made it.
        let isAccepted: Bool
        /// Whether its bytes count as those of a stranger.
        let isStranger: Bool
        var channel: (any Channel)?
        var reader: SIPStreamReader
        /// Whether a whole message came.
        var hasSpoken = false
        /// The requests that came and got no final answer.
        var due = 0
        /// Whether nothing more is read, because the peer sends no more or its framing is lost.
        var isEnding = false
        /// Whether nothing more is written either.
        var isShut = false
        /// Ends what it still waits for.
        var patience: Scheduled<Void>?
        /// What was sent before the connection stood.
        var pending: [[UInt8]] = []
        var pendingBytes = 0

        init(flow: SIPFlow, isAccepted: Bool, isStranger: Bool, reader: SIPStreamReader) {
            self.flow = flow
            self.isAccepted = isAccepted
            self.isStranger = isStranger
            self.reader = reader
        }
    }

    /// Takes a connection that a peer made.
    func accepted(_ channel: any Channel, local: Int) throws {
        guard let remote = channel.remoteAddress, let address = remote.ipAddress, let port = remote.port,
            connections.count < limits.connections, isNeighbor(address) || strangers < limits.strangers
        else {
            logger.info("a SIP connection was refused", metadata: ["connections": "\(connections.count)"])
            channel.close(promise: nil)
            return
        }
        let flow = SIPFlow(
            transport: .tcp,
            local: local,
            remoteAddress: address,
            remotePort: port,
            connection: nextConnection
        )
        let connection = register(flow, isAccepted: true)
        connection.channel = channel
        try channel.pipeline.syncOperations.addHandler(handler(for: connection))
    }

    func sendOnConnection(_ bytes: [UInt8], to flow: SIPFlow) {
        if let number = flow.connection {
            if let connection = connections[number], !connection.isShut, let channel = connection.channel {
                write(bytes, on: channel)
                if Self.isFinalAnswer(bytes) { answered(connection) }
                return
            }
            // An answer to a stranger is not worth a connection.
            guard isNeighbor(flow.remoteAddress) else { return }
        }
        // RFC 3261 §18.2.2: a response whose connection is gone goes to a new one.
        let key = RemoteKey(address: flow.remoteAddress, port: flow.remotePort)
        let connection: Connection
        if let standing = connectionOfRemote[key].flatMap({ connections[$0] }) {
            connection = standing
        } else if let remote = socketAddress(flow), !isClosed, connections.count < limits.connections {
            connection = connect(to: flow, key: key, address: remote)
        } else {
            fail(flow, reason: "no connection to \(flow.remoteAddress) can be made")
            return
        }
        if let channel = connection.channel {
            write(bytes, on: channel)
        } else if connection.pendingBytes + bytes.count <= limits.pendingBytes {
            connection.pending.append(bytes)
            connection.pendingBytes += bytes.count
        } else {
            fail(flow, reason: "too much waits for the connection to \(flow.remoteAddress)")
        }
    }

    /// Queues bytes; a peer that lets too many wait loses its connection.
    private func write(_ bytes: [UInt8], on channel: any Channel) {
        channel.write(ByteBuffer(bytes: bytes), promise: nil)
        if channel.isWritable {
            markForFlush(channel)
        } else {
            logger.info("a SIP peer does not read", metadata: ["peer": "\(channel.remoteAddress?.description ?? "")"])
            channel.close(promise: nil)
        }
    }

    private func connect(to flow: SIPFlow, key: RemoteKey, address: SocketAddress) -> Connection {
        let opened = SIPFlow(
            transport: .tcp,
            local: flow.local,
            remoteAddress: flow.remoteAddress,
            remotePort: flow.remotePort,
            connection: nextConnection
        )
        let connection = register(opened, isAccepted: false)
        connectionOfRemote[key] = opened.connection
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let made = NIOLoopBound(connection, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(limits.connectSeconds))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: Self.waterMark(limits.pendingBytes))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value.handler(for: made.value))
                }
            }
            .connect(to: address)
            .hop(to: eventLoop)
            .whenComplete { result in
                switch result {
                case .success(let channel): bound.value.opened(made.value, channel: channel)
                case .failure(let error): bound.value.ended(made.value, reason: "\(error)")
                }
            }
        return connection
    }

    /// A channel is not writable while more bytes than this wait in it.
    static func waterMark(_ bytes: Int) -> ChannelOptions.Types.WriteBufferWaterMark {
        .init(low: max(1, bytes / 2), high: max(1, bytes))
    }

    private func register(_ flow: SIPFlow, isAccepted: Bool) -> Connection {
        let isStranger = isAccepted && !isNeighbor(flow.remoteAddress)
        let largest = isStranger ? min(limits.strangerMessage, limits.message) : limits.message
        let connection = Connection(
            flow: flow,
            isAccepted: isAccepted,
            isStranger: isStranger,
            reader: SIPStreamReader(limits: SIPLimits(bodyBytes: largest, messageBytes: largest))
        )
        connections[nextConnection] = connection
        nextConnection += 1
        if isStranger { strangers += 1 }
        return connection
    }

    private func opened(_ connection: Connection, channel: any Channel) {
        guard !isClosed else {
            channel.close(promise: nil)
            return
        }
        connection.channel = channel
        for bytes in connection.pending { write(bytes, on: channel) }
        connection.pending = []
        connection.pendingBytes = 0
        flush()
    }

    private func ended(_ connection: Connection, reason: String) {
        guard let number = connection.flow.connection, connections.removeValue(forKey: number) != nil else { return }
        connection.patience?.cancel()
        if connection.isStranger { strangers -= 1 }
        forgetRemote(of: connection)
        if connection.isAccepted {
            deliver(.ended(connection.flow))
        } else if connection.channel == nil {
            deliver(.failed(connection.flow, reason: reason))
        } else {
            deliver(.lost(connection.flow, reason: reason))
        }
        deliver(.batchEnded)
    }

    private func handler(for connection: Connection) -> ConnectionHandler {
        let patience = ConnectionHandler.Patience(
            idle: .seconds(limits.idleSeconds),
            message: .seconds(limits.messageSeconds),
            expectsMessage: connection.isAccepted
        )
        return ConnectionHandler(patience) { [self] event in
            switch event {
            case .bytes(let buffer): return received(buffer, on: connection)
            case .batchEnded: deliver(.batchEnded)
            case .inputEnded: end(connection)
            case .closed: ended(connection, reason: "the connection was closed")
            }
            return .same
        }
    }

    private func received(_ buffer: ByteBuffer, on connection: Connection) -> ConnectionHandler.Place {
        if connection.isEnding { return .same }
        let wasInside = connection.reader.isInsideMessage
        var isWhole = false
        connection.reader.feed(Array(buffer: buffer)[...])
        do throws(SIPError) {
            while let event = try connection.reader.next() {
                switch event {
                case .message(let message):
                    isWhole = true
                    if case .request(let request) = message, request.method != .ack { connection.due += 1 }
                    deliver(.message(message, connection.flow))
                case .malformed(let error): malformed(error, on: connection)
                // RFC 5626 §3.5.1: a double CRLF asks for a single one.
                case .keepAlive: if let channel = connection.channel { write([0x0D, 0x0A], on: channel) }
                }
            }
        } catch {
            malformed(error, on: connection)
            end(connection)
            return .same
        }
        if isWhole { connection.hasSpoken = true }
        if connection.isAccepted, !connection.hasSpoken { return .same }
        if !connection.reader.isInsideMessage { return .between }
        return isWhole || !wasInside ? .within : .same
    }

    private func malformed(_ error: SIPError, on connection: Connection) {
        if error.status != nil, error.headers?.has(.via) == true { connection.due += 1 }
        deliver(.malformed(error, connection.flow))
    }
}

import Logging
import NIOCore
import NIOPosix
import SIPMessages
import SIPTransactions

extension SIPTransport {
    /// A TCP connection, open or opening.
    final class Connection {
        let flow: SIPFlow
        var channel: (any Channel)?
        var reader: SIPStreamReader
        /// What was sent before the connection stood.
        var pending: [[UInt8]] = []
        var pendingBytes = 0

        init(flow: SIPFlow, reader: SIPStreamReader) {
            self.flow = flow
            self.reader = reader
        }
    }

    /// Takes a connection that a peer made.
    func accepted(_ channel: any Channel, local: Int) throws {
        guard connections.count < limits.connections, let remote = channel.remoteAddress,
            let address = remote.ipAddress, let port = remote.port
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
        let connection = register(flow)
        connection.channel = channel
        try channel.pipeline.syncOperations.addHandler(handler(for: connection))
    }

    func sendOnConnection(_ bytes: [UInt8], to flow: SIPFlow) {
        if let number = flow.connection, let channel = connections[number]?.channel {
            write(bytes, on: channel)
            return
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

    private func connect(to flow: SIPFlow, key: RemoteKey, address: SocketAddress) -> Connection {
        let opened = SIPFlow(
            transport: .tcp,
            local: flow.local,
            remoteAddress: flow.remoteAddress,
            remotePort: flow.remotePort,
            connection: nextConnection
        )
        let connection = register(opened)
        connectionOfRemote[key] = opened.connection
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let made = NIOLoopBound(connection, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(limits.connectSeconds))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
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

    private func register(_ flow: SIPFlow) -> Connection {
        let bounds = SIPLimits(bodyBytes: limits.message, messageBytes: limits.message)
        let connection = Connection(flow: flow, reader: SIPStreamReader(limits: bounds))
        connections[nextConnection] = connection
        nextConnection += 1
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
        let key = RemoteKey(address: connection.flow.remoteAddress, port: connection.flow.remotePort)
        if connectionOfRemote[key] == number { connectionOfRemote[key] = nil }
        deliver(.failed(connection.flow, reason: reason))
        deliver(.batchEnded)
    }

    private func handler(for connection: Connection) -> ConnectionHandler {
        ConnectionHandler(idleSeconds: limits.idleSeconds) { [self] event in
            switch event {
            case .bytes(let buffer): received(buffer, on: connection)
            case .batchEnded: deliver(.batchEnded)
            case .closed: ended(connection, reason: "the connection was closed")
            }
        }
    }

    private func received(_ buffer: ByteBuffer, on connection: Connection) {
        connection.reader.feed(Array(buffer: buffer)[...])
        do throws(SIPError) {
            while let event = try connection.reader.next() {
                switch event {
                case .message(let message): deliver(.message(message, connection.flow))
                case .malformed(let error): deliver(.malformed(error, connection.flow))
                // RFC 5626 §3.5.1: a double CRLF asks for a single one.
                case .keepAlive: if let channel = connection.channel { write([0x0D, 0x0A], on: channel) }
                }
            }
        } catch {
            // The place where the next message begins is lost.
            deliver(.malformed(error, connection.flow))
            flush()
            connection.channel?.close(promise: nil)
        }
    }
}

import Glibc
public import NIOCore
import NIOPosix
public import XMLStreams

/// One outgoing connection that carries an XML stream: bytes to elements, bytes out in batches.
///
/// Bound to its event loop; every method is called there, and every event is delivered there.
public final class XMPPConnection {
    /// What happens on the connection.
    public enum Event: Sendable {
        /// The TCP connection stands.
        case connected
        /// A header, a first-level element or the end of the stream has arrived.
        case stream(XML.StreamEvent)
        /// The peer's bytes are not a stream; nothing more is read.
        case malformed(XMLStreamError)
        /// All that had arrived has been delivered; a good moment to flush.
        case batchEnded
        /// The peer takes again what is sent.
        case writable
        /// The connection is gone, or was never made. No further event follows.
        case closed(reason: String)
    }

    /// How many bytes may wait for the peer before it counts as one that takes nothing.
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 256 << 10, high: 1 << 20)

    /// How many bytes are read before others have their turn on the event loop.
    ///
    /// A server tells a change of a user with many contacts in as many stanzas at once, and each costs the work of a
    /// whole crossing: what waits meanwhile waits for some two hundred of them, and not for thousands.
    private static let turn = 16 << 10

    /// How many bytes are gathered before the channel gets them.
    private static let largestWrite = 64 << 10

    private let eventLoop: any EventLoop
    private let limits: XML.Limits
    private let excess: XML.ExcessPolicy
    private let deliver: (Event) -> Void
    private var channel: (any Channel)?
    private var isClosed = false
    private var isClosing = false
    private var hasUnflushed = false
    /// What is queued and not with the channel yet.
    private var unwritten = ByteBuffer()

    /// Makes a connection that is not open.
    ///
    /// - Parameters:
    ///   - eventLoop: the loop that it is bound to.
    ///   - limits: the bounds of what is read.
    ///   - excess: what becomes of a stanza beyond them.
    ///   - deliver: takes each event, on the loop.
    public init(
        eventLoop: any EventLoop,
        limits: XML.Limits,
        excess: XML.ExcessPolicy = .failsStream,
        deliver: @escaping (Event) -> Void
    ) {
        self.eventLoop = eventLoop
        self.limits = limits
        self.excess = excess
        self.deliver = deliver
    }

    /// Opens the TCP connection.
    ///
    /// - Parameters:
    ///   - host: a name or an address.
    ///   - port: the port.
    ///   - timeout: how long the attempt may take.
    public func connect(host: String, port: Int, timeout: TimeAmount = .seconds(10)) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let (limits, excess) = (self.limits, self.excess)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: Self.waterMark)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.turn))
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = XMPPStreamHandler(limits: limits, excess: excess) { bound.value.receive($0) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: host, port: port)
            .hop(to: eventLoop)
            .whenComplete { result in
                let connection = bound.value
                switch result {
                case .success(let channel):
                    guard !connection.isClosed else {
                        channel.close(promise: nil)
                        return
                    }
                    connection.channel = channel
                    connection.deliver(.connected)
                    connection.deliver(.batchEnded)
                case .failure(let error):
                    connection.finish(reason: Self.sentence(error, host, port))
                }
            }
    }

    /// What the system says of a connection that was not made, of each thing once where the name has several addresses.
    private static func sentence(_ error: any Error, _ host: String, _ port: Int) -> String {
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        guard let failures = (error as? NIOConnectionError)?.connectionErrors.map(\.error) else {
            return "\(place) \(word(error))"
        }
        var words: [String] = []
        for word in failures.map(word) where !words.contains(word) { words.append(word) }
        return words.isEmpty ? "\(host) is not found" : "\(place) \(words.joined(separator: ", "))"
    }

    private static func word(_ error: any Error) -> String {
        if case .connectTimeout? = error as? ChannelError { return "does not answer" }
        switch (error as? IOError)?.errnoCode {
        case ECONNREFUSED?: return "refuses connections"
        case ETIMEDOUT?: return "does not answer"
        // The text is copied at once.
        case let code?: return "cannot be reached: " + (unsafe String(cString: strerror(code)))
        case nil: return "cannot be reached: \(error)"
        }
    }

    /// Queues bytes; they leave with the next flush.
    public func send(_ bytes: [UInt8]) {
        guard let channel, !isClosed, !isClosing else { return }
        hasUnflushed = true
        unwritten.writeBytes(bytes)
        if unwritten.readableBytes >= Self.largestWrite { handOver(to: channel) }
    }

    /// Gives what was queued to the channel in one piece.
    private func handOver(to channel: any Channel) {
        guard unwritten.readableBytes > 0 else { return }
        channel.write(unwritten, promise: nil)
        unwritten = ByteBuffer()
    }

    /// Lets queued bytes leave.
    public func flush() {
        guard hasUnflushed else { return }
        hasUnflushed = false
        guard let channel else { return }
        handOver(to: channel)
        channel.flush()
    }

    /// Whether the peer has taken what was sent; false when the system's buffers are full.
    public var isWritable: Bool { channel?.isWritable ?? false }

    /// Closes after what is queued has left, or after a second with a peer that takes nothing.
    ///
    /// The `closed` event follows.
    public func close() {
        guard let channel else {
            finish(reason: "closed before it was open")
            return
        }
        guard !isClosing else { return }
        isClosing = true
        let patience = eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        handOver(to: channel)
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in
            patience.cancel()
            channel.close(promise: nil)
        }
    }

    private func receive(_ event: Event) {
        guard !isClosed else { return }
        switch event {
        case .closed(let reason): finish(reason: isClosing ? "closed by this side" : reason)
        case .writable where isClosing: break
        default: deliver(event)
        }
    }

    private func finish(reason: String) {
        guard !isClosed else { return }
        isClosed = true
        channel = nil
        deliver(.closed(reason: reason))
    }
}

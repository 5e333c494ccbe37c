import DequeModule
public import NIOCore
public import TLSChannels
import XMLStreams
public import XMPPStreams

/// One connection between servers: it moves bytes for a stream machine, and does TLS and time for it.
///
/// What the machine asks of its owner comes through the closure that was given, in order; `StreamAction.close` is
/// the last of it. Bound to the event loop of its channel.
///
/// Source: RFC 6120 §4.3, §5.
public final class ServerConnection<Machine: ServerStream & SendableMetatype & ~Copyable> {
    let channel: any Channel
    let role: TLSContext.Role
    let tls: ServerTLS
    let server: NamedServer?
    let clock: ServerClock
    private let deliver: (StreamAction) -> Void
    private let tellWritable: () -> Void
    let largestUnread: Int
    var machine: Machine
    var parser: XML.StreamParser
    /// What came and was not read.
    var unread: ArraySlice<UInt8> = []
    /// What was read and the machine has not got.
    var found: Deque<XML.StreamEvent> = []
    /// What the machine asked for and was not done.
    private var asked: Deque<StreamAction> = []
    private var unwritten = ByteBuffer()
    private var hasUnflushed = false
    /// Who the peer is inside TLS, for operators; nil in the clear.
    ///
    /// Source: RFC 7590 §3.6.
    public private(set) var peer: TLSPeer?
    /// Whether the connection begins with TLS.
    private var isDirect = false
    var isReading = false
    var isReadDue = false
    var isWorking = false
    /// Whether stanzas flow, so that nothing has to be known of what stands behind an element.
    var isFlowing = false
    var isPaused = false
    /// Whether nothing is read since too much waits.
    var isFull = false
    /// Whether the peer takes what is sent; who sends on regardless makes what waits grow.
    public private(set) var isWritable = true
    var isClosed = false
    private var timer: Scheduled<Void>?

    /// Makes a connection around a channel that is open and does not read yet; called on its loop.
    ///
    /// - Parameters:
    ///   - channel: the TCP connection, with `autoRead` off.
    ///   - role: which side of it the gateway is on.
    ///   - machine: the stream.
    ///   - tls: what TLS is done with.
    ///   - server: what the DNS says of a server that was connected to.
    ///   - clock: the clocks.
    ///   - largestUnread: how many bytes may wait for the machine before the peer is not read; one read may go beyond.
    ///   - writable: told when a peer that took nothing takes bytes again.
    ///   - deliver: takes what the machine asks of its owner.
    public init(
        channel: any Channel,
        role: TLSContext.Role,
        machine: consuming Machine,
        tls: ServerTLS,
        server: NamedServer? = nil,
        clock: ServerClock,
        largestUnread: Int = 64 << 10,
        writable: @escaping () -> Void = {},
        deliver: @escaping (StreamAction) -> Void
    ) {
        self.channel = channel
        self.role = role
        self.tls = tls
        self.server = server
        self.clock = clock
        self.deliver = deliver
        tellWritable = writable
        self.largestUnread = largestUnread
        parser = XML.StreamParser(limits: Self.limits(machine.elementBytes))
        self.machine = machine
    }

    /// Begins.
    ///
    /// - Parameter name: where TLS comes first, the name that is asked for, or assumed when the peer asks for none; nil
    ///   for a stream that begins in the clear.
    /// - Throws: what the channel says to handlers that it does not take, or that there is nothing to do TLS with.
    ///
    /// Source: XEP-0368 §2.
    public func start(tlsTo name: String? = nil) throws {
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(ServerStreamHandler { bound.value.take($0) })
        isReading = true
        if let name {
            isDirect = true
            try secure(name)
        } else {
            receive(.connected(nil))
        }
        channel.setOption(.autoRead, value: true).whenComplete { _ in }
        flush()
    }

    /// Whether both sides agreed that stanzas flow in both directions.
    public var isBidirectional: Bool { machine.isBidirectional }

    /// The address of the peer, as the channel has it.
    public var remoteAddress: SocketAddress? { channel.remoteAddress }

    // MARK: Inputs

    /// Gives something to the machine, and does what it asks for.
    ///
    /// Bytes wait for ``flush()``.
    ///
    /// - Parameter input: what happened.
    public func receive(_ input: StreamInput) {
        asked.append(contentsOf: machine.receive(input, now: clock.monotonic()))
        guard !isWorking else { return }
        isWorking = true
        while let action = asked.popFirst() { perform(action) }
        isWorking = false
        // What was asked of the owner may have been what the machine waited for.
        if machine.isReading, !unread.isEmpty || !found.isEmpty { readLater() }
    }

    /// Lets queued bytes leave.
    public func flush() {
        guard hasUnflushed else { return }
        hasUnflushed = false
        handOver()
        channel.flush()
    }

    private func take(_ event: ServerStreamHandler.Event) {
        guard !isClosed else { return }
        switch event {
        case .bytes(let buffer):
            receive(.heard(bytes: buffer.readableBytes))
            let bytes = Array(buffer: buffer)
            if unread.isEmpty { unread = bytes[...] } else { unread.append(contentsOf: bytes) }
            read()
            if unread.count >= largestUnread { setReading() }
        case .batchEnded: flush()
        case .secured(let peer):
            self.peer = peer
            let facts = facts(of: peer)
            if isDirect {
                isDirect = false
                receive(.connected(facts))
            } else {
                receive(.secured(facts))
            }
            read()
            flush()
        case .failed(let error): handshakeFailed("\(error)")
        case .writability(let isWritable):
            self.isWritable = isWritable
            setReading()
            if isWritable { tellWritable() }
        case .closed:
            handshakeFailed("the peer closed the connection")
            receive(.disconnected)
            // A write may have found the connection gone: then the machine's last word waits behind what is done now.
            if !isWorking { finish() }
        }
    }

    /// Once the handshake is over this says nothing to the machine, and the end of the channel follows.
    func handshakeFailed(_ reason: String) {
        guard isDirect else { return receive(.handshakeFailed(reason)) }
        // The machine was not told of a connection yet, and writes nothing in the clear.
        close(.close(StreamEnd(.handshakeFailed(reason))))
    }

    // MARK: Actions

    private func perform(_ action: StreamAction) {
        guard !isClosed else { return }
        switch action {
        case .send(let bytes): write(bytes)
        case .startTLS(let name): startTLS(name)
        case .restartParser:
            parser = XML.StreamParser(limits: Self.limits(machine.elementBytes))
            found.removeAll()
            isFlowing = false
        case .pause:
            isPaused = true
            setReading()
        case .resume:
            isPaused = false
            setReading()
            readLater()
        case .checkCertificate(let domain):
            check(domain)
        case .wake(let time): wake(at: time)
        case .established:
            isFlowing = true
            deliver(action)
        case .close: close(action)
        case .verify, .verdict, .refused, .deliver, .bounce, .confirm, .reject, .findSession, .resumed: deliver(action)
        }
    }

    private func write(_ bytes: [UInt8]) {
        hasUnflushed = true
        unwritten.writeBytes(bytes)
        if unwritten.readableBytes >= Self.largestWrite { handOver() }
    }

    /// How many bytes are gathered before the channel gets them.
    private static var largestWrite: Int { 64 << 10 }

    private func handOver() {
        guard unwritten.readableBytes > 0 else { return }
        channel.write(unwritten, promise: nil)
        unwritten = ByteBuffer()
    }

    private func wake(at time: UInt64) {
        timer?.cancel()
        let wait = time > clock.monotonic() ? time - clock.monotonic() : 0
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        timer = channel.eventLoop.scheduleTask(in: .nanoseconds(Int64(clamping: wait))) {
            let connection = bound.value
            guard !connection.isClosed else { return }
            connection.receive(.timer)
            connection.read()
            connection.flush()
        }
    }

    // MARK: The end

    /// Closes after what is queued has left, or after a second with a peer that takes nothing.
    private func close(_ action: StreamAction) {
        let channel = channel
        // The write may find the connection gone, and say so at once.
        finish()
        handOver()
        let patience = channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in
            patience.cancel()
            channel.close(promise: nil)
        }
        deliver(action)
    }

    private func finish() {
        isClosed = true
        timer?.cancel()
        timer = nil
        unread = []
        found.removeAll()
    }
}

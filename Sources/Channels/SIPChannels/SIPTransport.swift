public import Logging
public import NIOCore
import NIOPosix
public import SIPMessages
public import SIPTransactions

/// The SIP sockets of one event loop: UDP and TCP listeners, and the connections made and accepted.
///
/// Bound to its event loop; every method is called there, and every event is delivered there.
///
/// Source: RFC 3261 §18.
public final class SIPTransport {
    /// What arrives.
    public enum Event: Sendable {
        /// A message.
        case message(SIPMessage, SIPFlow)
        /// Bytes that are not a message.
        case malformed(SIPError, SIPFlow)
        /// All that had arrived has been delivered; a good moment to flush.
        case batchEnded
        /// What was sent there did not leave.
        case failed(SIPFlow, reason: String)
        /// A connection that was made there ended; what was sent on it may have arrived.
        case lost(SIPFlow, reason: String)
        /// A connection that a peer made ended.
        case ended(SIPFlow)
    }

    /// What a datagram holds, with the shorter of the two heads: 65,535 bytes less those of IPv4 and UDP.
    private static let largestDatagram = 65_507

    let eventLoop: any EventLoop
    let limits: SIPChannelLimits
    let logger: Logger
    let isNeighbor: (String) -> Bool
    let deliver: (Event) -> Void

    var listeners: [Int: Listener] = [:]
    var nextListener = 0
    var connections: [Int: Connection] = [:]
    var connectionOfRemote: [RemoteKey: Int] = [:]
    var nextConnection = 1
    /// The accepted connections of strangers.
    var strangers = 0
    private(set) var isClosed = false
    private var unflushed: Set<ObjectIdentifier> = []
    private var flushable: [any Channel] = []
    private var addresses: [RemoteKey: SocketAddress] = [:]
    /// Where the last message went; many in a row go to one neighbor.
    private var lastTarget: (key: RemoteKey, address: SocketAddress)?
    /// Where the last request goes that tells when the system does not send it, and by which socket; until the flush.
    private var watched: (key: RemoteKey, number: Int)?
    /// Whose datagram came last, and the text of that address.
    var lastRemote: (socket: SocketAddress, address: String)?

    /// A bound socket.
    struct Listener {
        let channel: any Channel
        let transport: SIPFlow.Transport
        let isIPv6: Bool
    }

    /// An address and a port.
    struct RemoteKey: Hashable {
        let address: String
        let port: Int
    }

    /// Makes a transport without sockets.
    ///
    /// - Parameters:
    ///   - eventLoop: the loop that it is bound to.
    ///   - limits: the bounds.
    ///   - logger: where the state of sockets is told.
    ///   - isNeighbor: whether an address is no stranger's.
    ///   - deliver: takes each event, on the loop.
    public init(
        eventLoop: any EventLoop,
        limits: SIPChannelLimits,
        logger: Logger,
        isNeighbor: @escaping (String) -> Bool = { _ in true },
        deliver: @escaping (Event) -> Void
    ) {
        self.eventLoop = eventLoop
        self.limits = limits
        self.logger = logger
        self.isNeighbor = isNeighbor
        self.deliver = deliver
    }

    /// Sends a message where a flow leads, over a connection that is made when there is none.
    ///
    /// The bytes leave with the next flush.
    ///
    /// - Parameters:
    ///   - bytes: the whole message.
    ///   - flow: where it goes.
    public func send(_ bytes: [UInt8], to flow: SIPFlow) {
        switch flow.transport {
        case .udp: sendDatagram(bytes, to: flow)
        case .tcp: sendOnConnection(bytes, to: flow)
        // What asks for TLS never leaves in the clear.
        case .tls: fail(flow, reason: "TLS is not available")
        }
    }

    /// Lets what was queued leave.
    public func flush() {
        watched = nil
        for channel in flushable { channel.flush() }
        flushable.removeAll(keepingCapacity: true)
        unflushed.removeAll(keepingCapacity: true)
    }

    /// Closes every socket.
    public func close() {
        flush()
        isClosed = true
        for listener in listeners.values { listener.channel.close(promise: nil) }
        for connection in connections.values { connection.channel?.close(promise: nil) }
        listeners = [:]
    }

    /// The bound addresses, in the order of the listeners.
    public var localAddresses: [SocketAddress] {
        listeners.sorted { $0.key < $1.key }.compactMap { $0.value.channel.localAddress }
    }

    /// Lets a channel leave with the next flush.
    func markForFlush(_ channel: any Channel) {
        if let last = flushable.last, last === channel { return }
        if unflushed.insert(ObjectIdentifier(channel)).inserted { flushable.append(channel) }
    }

    private func sendDatagram(_ bytes: [UInt8], to flow: SIPFlow) {
        guard bytes.count <= Self.largestDatagram else {
            fail(flow, reason: "\(bytes.count) bytes are too many for a datagram")
            return
        }
        guard let remote = socketAddress(flow), let (number, listener) = datagramListener(for: flow, to: remote) else {
            fail(flow, reason: "no UDP socket reaches \(flow.remoteAddress)")
            return
        }
        guard listener.channel.isWritable else { return }
        let envelope = AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: bytes))
        // An answer that the system does not send is lost like any datagram.
        let isRequest = flow.local == SIPFlow.noListener
        listener.channel.write(envelope, promise: isRequest ? promise(of: flow, by: number) : nil)
        markForFlush(listener.channel)
    }

    /// Tells of a request that the system does not send; nil where the one before leaves with it for the same place.
    ///
    /// An error that ends the socket fails all that waits in it: the first of them is the cause, and the others are
    /// sent again by their timers.
    private func promise(of flow: SIPFlow, by number: Int) -> EventLoopPromise<Void>? {
        let key = RemoteKey(address: flow.remoteAddress, port: flow.remotePort)
        if let watched, watched.number == number, watched.key == key { return nil }
        watched = (key, number)
        let promise = eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        promise.futureResult.whenFailure { error in
            let this = bound.value
            if error is IOError, this.listeners.removeValue(forKey: number) == nil { return }
            this.fail(flow, reason: "\(error)")
        }
        return promise
    }

    private func datagramListener(
        for flow: SIPFlow,
        to remote: SocketAddress
    ) -> (number: Int, listener: Listener)? {
        if let listener = listeners[flow.local], listener.transport == .udp { return (flow.local, listener) }
        let isIPv6 = remote.protocol == .inet6
        var found: (number: Int, listener: Listener)?
        for (number, listener) in listeners where listener.transport == .udp && listener.isIPv6 == isIPv6 {
            if found.map({ number < $0.number }) ?? true { found = (number, listener) }
        }
        return found
    }

    func socketAddress(_ flow: SIPFlow) -> SocketAddress? {
        let key = RemoteKey(address: flow.remoteAddress, port: flow.remotePort)
        if let lastTarget, lastTarget.key == key { return lastTarget.address }
        guard let address = addresses[key] ?? freshAddress(key) else { return nil }
        lastTarget = (key, address)
        return address
    }

    private func freshAddress(_ key: RemoteKey) -> SocketAddress? {
        guard let address = try? SocketAddress(ipAddress: key.address, port: key.port) else { return nil }
        // Strangers choose these keys by sending, so the cache is emptied rather than grown.
        if addresses.count >= 4_096 { addresses.removeAll() }
        addresses[key] = address
        return address
    }

    /// Failures are told after the call that caused them, so that the caller's state is whole.
    func fail(_ flow: SIPFlow, reason: String) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute {
            bound.value.deliver(.failed(flow, reason: reason))
            bound.value.deliver(.batchEnded)
        }
    }
}

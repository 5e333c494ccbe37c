public import SIPMessages

/// Where a message came from, or where one goes: a plain value that the channel layer can follow.
public struct SIPFlow: Sendable, Hashable {
    /// How messages travel.
    public enum Transport: String, Sendable, Hashable, CaseIterable {
        /// Datagrams.
        case udp = "UDP"
        /// A connection.
        case tcp = "TCP"
        /// A connection with TLS.
        case tls = "TLS"

        /// Whether the transport delivers by itself, so that nothing is sent twice.
        public var isReliable: Bool { self != .udp }

        /// The port of a URI or Via that has none.
        ///
        /// Source: RFC 3261 §19.1.2.
        public var defaultPort: Int { self == .tls ? 5_061 : 5_060 }
    }

    /// The ``local`` of a flow that no message came on: of a request that is to be sent.
    public static let noListener = -1

    /// How messages travel.
    public var transport: Transport
    /// The number of the listener: where the message arrived, so that the answer leaves from there (RFC 3581 §4).
    public var local: Int
    /// The IPv4 or IPv6 address of the other side, without brackets.
    public var remoteAddress: String
    /// The port of the other side; for an answer on a connection, where to connect if it is gone.
    public var remotePort: Int
    /// The number of the connection; nil for datagrams, and for a connection that is still to be made.
    public var connection: Int?

    /// Makes a flow.
    public init(transport: Transport, local: Int, remoteAddress: String, remotePort: Int, connection: Int?) {
        self.transport = transport
        self.local = local
        self.remoteAddress = remoteAddress
        self.remotePort = remotePort
        self.connection = connection
    }

    /// The source that an answer names in its first Via.
    public var source: SIPSource {
        SIPSource(address: remoteAddress, port: UInt16(clamping: remotePort))
    }

    /// Where the answer to a request goes that came on this flow.
    ///
    /// `maddr` is not followed, and no answer goes to a multicast or broadcast address: either would let a request
    /// direct answers at others.
    ///
    /// - Parameter via: the first Via value; nil when it cannot be read: then to where the request came from.
    /// - Returns: the flow; nil when nothing must be sent there.
    ///
    /// Source: RFC 3261 §18.2.2, RFC 3581 §4.
    public func answering(_ via: Via?) -> SIPFlow? {
        guard Self.isUnicast(remoteAddress) else { return nil }
        var flow = self
        if let via {
            let port = via.port.map { Int($0) } ?? transport.defaultPort
            if transport.isReliable || !via.hasResponsePort { flow.remotePort = port }
        }
        return flow.remotePort > 0 ? flow : nil
    }

    /// Whether messages of both come from one host in one way, whatever their ports.
    func isSameHost(as other: SIPFlow) -> Bool {
        transport == other.transport && remoteAddress == other.remoteAddress
    }

    /// Whether the text is the address of one host.
    static func isUnicast(_ address: String) -> Bool {
        let bytes = address.utf8.span
        var octet: Int? = 0
        var isBehindDot = false
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == UInt8(ascii: ":") {
                let isGroup = bytes.count > 1 && bytes[0] | 0x20 == 0x66 && bytes[1] | 0x20 == 0x66
                return !isGroup
            }
            isBehindDot = isBehindDot || byte == UInt8(ascii: ".")
            guard !isBehindDot, let value = octet else { continue }
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") && value < 256
            octet = isDigit ? value * 10 + Int(byte - UInt8(ascii: "0")) : nil
        }
        return octet.map { $0 > 0 && $0 < 224 } ?? false
    }
}

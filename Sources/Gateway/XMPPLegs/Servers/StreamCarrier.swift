import NIOCore
import TLSChannels
import XMPPChannels
import XMPPStreams

/// A stream that takes stanzas, whichever side opened it.
protocol StreamCarrier: AnyObject {
    /// Gives something to the machine, and does what it asks for.
    func receive(_ input: StreamInput)

    /// Lets queued bytes leave.
    func flush()

    /// Whether both sides agreed that stanzas flow in both directions (XEP-0288).
    var isBidirectional: Bool { get }

    /// Whether the peer takes what is sent.
    var isWritable: Bool { get }

    /// Who the peer is inside TLS; nil in the clear.
    var peer: TLSPeer? { get }

    /// The address of the peer.
    var remoteAddress: SocketAddress? { get }
}

extension ServerConnection: StreamCarrier where Machine: SendableMetatype & ~Copyable {}

import NIOCore
import XMLStreams
import XMPPChannels

/// What a component link needs of a connection; events come through the closure that made it.
///
/// Behind it stands a socket, or in tests a server played from text.
protocol ComponentConnection: AnyObject {
    /// Opens the connection.
    func connect(host: String, port: Int, timeout: TimeAmount)

    /// Queues bytes; they leave with the next flush.
    func send(_ bytes: [UInt8])

    /// Lets queued bytes leave.
    func flush()

    /// Whether the server takes what is sent.
    var isWritable: Bool { get }

    /// Closes after what is queued has left.
    func close()
}

extension XMPPConnection: ComponentConnection {}

/// Makes a connection that is not open, from the bounds of what is read and the taker of its events.
typealias ComponentConnector = (XML.Limits, @escaping (XMPPConnection.Event) -> Void) -> any ComponentConnection

import NIOCore
import SIPMessages
import SIPTransactions

/// How a connection ends from which nothing more is read: the answers that are due are still written, for each request
/// gets one (RFC 3261 §8.2).
extension SIPTransport {
    /// Reads no more from a connection whose peer sends no more, or on which the place of the next message is lost.
    func end(_ connection: Connection) {
        guard !connection.isEnding else { return }
        connection.isEnding = true
        forgetRemote(of: connection)
        flush()
        guard connection.due > 0 else { return shut(connection) }
        let bound = NIOLoopBound((self, connection), eventLoop: eventLoop)
        connection.patience = eventLoop.scheduleTask(in: .seconds(limits.answerSeconds)) {
            let (this, connection) = bound.value
            this.shut(connection)
        }
    }

    /// Takes note of a final answer, which may be the last one that was waited for.
    func answered(_ connection: Connection) {
        connection.due = max(0, connection.due - 1)
        if connection.isEnding, connection.due == 0 { shut(connection) }
    }

    /// Writes no more than what waits to leave.
    ///
    /// What the peer still sends is read and thrown away for a while: bytes that nobody reads would reset the
    /// connection, and the answers with it.
    private func shut(_ connection: Connection) {
        guard !connection.isShut, let channel = connection.channel else { return }
        connection.isShut = true
        connection.patience?.cancel()
        connection.patience = eventLoop.scheduleTask(in: .seconds(limits.lingerSeconds)) {
            channel.close(promise: nil)
        }
        // A channel whose input has ended drops what waits in it when its output is closed; this leaves behind that.
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(mode: .output, promise: nil) }
    }

    /// Lets the next message to the peer open another connection.
    func forgetRemote(of connection: Connection) {
        let key = RemoteKey(address: connection.flow.remoteAddress, port: connection.flow.remotePort)
        if connectionOfRemote[key] == connection.flow.connection { connectionOfRemote[key] = nil }
    }

    /// Whether the bytes are a response that ends its transaction.
    static func isFinalAnswer(_ bytes: [UInt8]) -> Bool {
        let version = "SIP/2.0 ".utf8
        return bytes.starts(with: version) && bytes.dropFirst(version.count).first != UInt8(ascii: "1")
    }
}

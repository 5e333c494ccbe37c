import SIPChannels
import SIPTransactions

/// What brings messages to their neighbors: the sockets.
protocol MessageCarrier: AnyObject {
    /// Queues a message; it leaves with the next flush.
    func send(_ bytes: [UInt8], to flow: SIPFlow)
    /// Lets queued messages leave.
    func flush()
    /// Closes what is open.
    func close()
}

extension SIPTransport: MessageCarrier {}

public import BridgeCore
import Interworking
import MIME
import MappingTables
import SIPMessages
import SIPTransactions

extension SIMPLELeg {
    /// A request on the wire.
    struct Carried {
        let id: CrossingID
        let record: RequestRecord
        /// The request, which shares its bytes with the item.
        let wire: [UInt8]
        /// Whether it says something of a message, so that its refusal says nothing of how messages are read.
        var isReceipt = false
    }

    /// Sends an item, byte for byte as it is stored.
    ///
    /// - Parameter item: an item with the identity that ``departure(of:plainText:replacing:under:isTrial:)`` or
    ///   ``renewed(_:for:)`` gave it.
    ///
    /// Source: RFC 3261 §8.1.2, §17.1.2.
    public func send(_ item: Item) {
        guard let record = RequestRecord(item.offer.cargo.identity) else {
            let report = OutcomeReport(protocolCode: "mapping", text: "the identity of the request cannot be read")
            host.failed(item.id, Failure(report: report, retry: .never))
            return
        }
        do throws(TransactionRefusal) {
            let (key, actions) = try transactions.start(
                item.offer.cargo.wire,
                branch: record.branch,
                method: .message,
                to: record.destination.flow,
                now: host.now.monotonic
            )
            carried[key] = Carried(
                id: item.id,
                record: record,
                wire: item.offer.cargo.wire,
                isReceipt: item.offer.kind == .receipt
            )
            perform(actions)
        } catch {
            let report = OutcomeReport(protocolCode: "503", text: "too many requests are open")
            host.failed(item.id, Failure(report: report, retry: .backoff(after: nil)))
        }
    }

    /// The item as the same request in another transaction; nil when the same bytes may go again.
    ///
    /// A request that was answered is sent anew even within the time in which its server knows it: the server would
    /// repeat the answer.
    ///
    /// - Parameters:
    ///   - item: an item that is to be sent.
    ///   - attempt: how the bridge wants it sent.
    /// - Returns: the cargo to store before the item is sent: new branch, next CSeq, the rest unchanged.
    ///
    /// Source: RFC 3261 §8.1.3.5, §17.2.2.
    public func renewed(_ item: Item, for attempt: Attempt) -> Cargo? {
        if attempt == .first { return nil }
        guard var record = RequestRecord(item.offer.cargo.identity) else { return nil }
        let wasAnswered = answered.removeValue(forKey: item.id) == record.branch
        guard attempt == .again || (attempt == .same && wasAnswered) else { return nil }
        let branch = freshBranch()
        let sequence = max(record.cseq &+ 1, nextSequence(record.callID))
        guard let wire = Self.rewritten(item.offer.cargo.wire, branch: branch, sequence: sequence) else { return nil }
        record.branch = branch
        record.cseq = sequence
        var cargo = item.offer.cargo
        cargo.wire = wire
        cargo.identity = record.bytes
        return cargo
    }

    /// A request has its end.
    func finished(_ key: ClientTransactionKey, _ outcome: ClientOutcome) {
        if finished(event: key, outcome) || finished(passing: key, outcome) { return }
        guard let carried = carried.removeValue(forKey: key) else { return }
        switch outcome {
        case .response(let response) where response.isSuccess:
            host.delivered(carried.id, OutcomeReport(protocolCode: String(response.status), text: response.reason))
        case .response(let response): failed(carried, .response(response))
        case .timeout: failed(carried, .timeout)
        case .transportError(let wasSent): failed(carried, .transport, instead: wasSent ? nil : asDatagram(carried))
        }
    }
}

import Addressing
import BridgeCore
import FoundationEssentials
import Interworking
import Ledger

/// What the store holds of one crossing: its records, and its source while it is open.
struct RecordedCrossing: Sendable, Equatable {
    /// The number of the crossing, or `seq N` for a refusal.
    var name: String
    /// The shore that it goes to; nil where the record does not say.
    var target: Shore?
    /// The sender and the recipient as they stood on the wire.
    var sender: String?
    var recipient: String?
    /// The rows that fired.
    var rules: [String] = []
    /// The classes of what was lost.
    var losses: [String] = []
    /// The code with which the other shore refused it.
    var failure: String?
    /// The code with which the gateway refused it.
    var refusal: String?
    /// The item as received, while it is there.
    var source: [UInt8]?
    /// The stored addresses of both ends, which count before any table.
    var pairs: [Interworking.AddressPair] = []

    private struct Record: Decodable {
        struct Address: Decodable { var before: String }
        var seq: Int64
        var event: String
        var crossing: String?
        var leg: String?
        var direction: String?
        var sender: Address?
        var recipient: Address?
        var rules: [String]?
        var losses: [String]?
        var outcome: [String: String]?
        var reason: String?
    }

    /// The last crossings and refusals of messages, in the order of their first records.
    ///
    /// The log is read from its end in pieces that grow, until there are enough.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - reader: the store, for what is open and for addresses.
    ///   - records: the records.
    /// - Returns: the crossings.
    /// - Throws: `LedgerError` when store or files cannot be read.
    static func last(
        _ count: Int,
        of reader: LedgerReader,
        _ records: RecordReader
    ) throws(LedgerError) -> [RecordedCrossing] {
        let end = try records.lastSequence()
        var length = Int64(max(1_000, count * 8))
        while true {
            let start = max(1, end - length + 1)
            var found = try read(from: start, through: end, records)
            if start == 1 || found.count >= count {
                found = Array(found.suffix(count))
                for index in found.indices {
                    found[index].source = try source(of: found[index], reader)
                    found[index].pairs = try pairs(of: found[index], reader)
                }
                return found
            }
            length *= 4
        }
    }

    private static func read(
        from start: Int64,
        through end: Int64,
        _ records: RecordReader
    ) throws(LedgerError) -> [RecordedCrossing] {
        let decoder = JSONDecoder()
        var crossings: [RecordedCrossing] = []
        var places: [String: Int] = [:]
        var next = start
        while next <= end {
            let rows = try records.records(in: next...end, limit: 5_000)
            guard let last = rows.last?.sequence else { break }
            for row in rows {
                guard let record = try? decoder.decode(Record.self, from: Data(row.record)) else { continue }
                switch record.event {
                case "accepted":
                    // What has no rows is a report of the gateway's own, or a step of a subscription.
                    guard let id = record.crossing, record.leg != nil, record.reason != "receipt" else { continue }
                    places[id] = crossings.count
                    crossings.append(RecordedCrossing(record, name: id))
                case "refused" where record.crossing == nil:
                    var crossing = RecordedCrossing(record, name: "seq \(record.seq)")
                    crossing.refusal = record.reason
                    crossings.append(crossing)
                case "failed", "failed-untold", "reopened":
                    guard let id = record.crossing, let place = places[id] else { continue }
                    crossings[place].failure = record.outcome?["code"]
                default: break
                }
            }
            next = last + 1
        }
        return crossings
    }

    private static func source(of crossing: RecordedCrossing, _ reader: LedgerReader) throws(LedgerError) -> [UInt8]? {
        guard crossing.refusal == nil, let row = try reader.outboxRow(crossing: crossing.name) else { return nil }
        return row.source
    }

    private static func pairs(
        of crossing: RecordedCrossing,
        _ reader: LedgerReader
    ) throws(LedgerError) -> [Interworking.AddressPair] {
        var pairs: [Interworking.AddressPair] = []
        for text in [crossing.sender, crossing.recipient].compactMap({ $0 }) {
            let stored: Ledger.AddressPair?
            if crossing.target == .xmpp {
                guard let uri = try? AddressURI(text) else { continue }
                stored = try reader.address(uriKey: AddressIndex.key(uri))
            } else {
                guard let jid = try? JID(text) else { continue }
                stored = try reader.address(jid: jid.bare.description)
            }
            guard let stored, let jid = try? BareJID(stored.jid) else { continue }
            if let pair = AddressIndex([stored]).pair(jid: jid) { pairs.append(pair) }
        }
        return pairs
    }

    private init(_ record: Record, name: String) {
        self.init(name: name)
        switch (record.direction, record.leg) {
        case ("to-cpim", _), (nil, "xmpp"): target = .cpim
        case ("to-xmpp", _), (nil, "sip"): target = .xmpp
        default: break
        }
        sender = record.sender?.before
        recipient = record.recipient?.before
        rules = record.rules ?? []
        losses = record.losses ?? []
    }

    init(name: String) { self.name = name }
}

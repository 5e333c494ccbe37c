import IMDN
import MappingTables

/// The tables of kind `values` that say what receipts and states become.
enum SignalTables {
    static let requests = "receipts.requests"
    static let receipts = "receipts"
    static let composing = "composing"
}

extension Crossing {
    /// What a record is on the other side; nothing where there is no such table.
    mutating func answer(
        _ table: String,
        _ record: [String: String],
        to side: Vocabulary
    ) -> ValueTable.Answer? {
        guard let answer = route.values(table)?.answer(record.mapValues { [$0] }, to: side) else { return nil }
        fire(answer.row)
        if let loss = answer.loss { trace.lose(loss) }
        return answer
    }

    /// The disposition that a record of the XMPP side is; nil for none.
    mutating func disposition(_ record: [String: String]) -> Disposition? {
        guard let answer = answer(SignalTables.receipts, record, to: .cpim) else { return nil }
        for kind in Disposition.Kind.allCases {
            if let status = answer[kind.rawValue].flatMap({ Disposition.Status(rawValue: $0) }) {
                return Disposition(kind, status)
            }
        }
        return nil
    }

    /// What a stanza's requests are in Disposition-Notification.
    ///
    /// Source: RFC 5438 §7.1.1.3.
    mutating func requests(of elements: SignalElements) -> Set<DispositionRequest> {
        var record: [String: String] = [:]
        if elements.asksReceipt { record["receipt"] = "request" }
        if elements.asksMarker { record["marker"] = "markable" }
        guard !record.isEmpty, let answer = answer(SignalTables.requests, record, to: .cpim) else { return [] }
        var requests: Set<DispositionRequest> = []
        switch answer["asks-delivery"] {
        case "both": requests.formUnion([.positiveDelivery, .negativeDelivery])
        case "positive": requests.insert(.positiveDelivery)
        case "negative": requests.insert(.negativeDelivery)
        default: break
        }
        if answer["asks-display"] != nil { requests.insert(.display) }
        if answer["asks-processing"] != nil { requests.insert(.processing) }
        return requests
    }

    /// The elements by which a stanza asks for what Disposition-Notification does: columns and words.
    ///
    /// Source: RFC 5438 §7.2.1.
    mutating func elements(asking requests: Set<DispositionRequest>) -> [(column: String, word: String)] {
        var record: [String: String] = [:]
        switch (requests.contains(.positiveDelivery), requests.contains(.negativeDelivery)) {
        case (true, true): record["asks-delivery"] = "both"
        case (true, false): record["asks-delivery"] = "positive"
        case (false, true): record["asks-delivery"] = "negative"
        case (false, false): break
        }
        if requests.contains(.display) { record["asks-display"] = "asked" }
        if requests.contains(.processing) { record["asks-processing"] = "asked" }
        guard !record.isEmpty, let answer = answer(SignalTables.requests, record, to: .xmpp) else { return [] }
        return ["receipt", "marker"].compactMap { column in answer[column].map { (column, $0) } }
    }
}

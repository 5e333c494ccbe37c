import GatewayDaemon
import Ledger

/// The held messages that a command names.
enum HeldMessages {
    /// Checks that each of these is held.
    ///
    /// - Throws: wrong usage for what is no number, a fault for the first message that is unknown or not held.
    static func named(_ ids: [String], _ store: OpenStore) throws -> [String] {
        var seen: Set<String> = []
        for id in ids {
            guard let number = Int64(id), number > 0, String(number) == id else {
                throw Stop.usage(
                    "\"\(id.prefix(40))\" is no number of a message; isthmus messages list --held shows them"
                )
            }
            guard let found = try CrossingList(store).crossing(id) else {
                throw Stop.fault("there is no message \(id); isthmus messages list --held shows those that are held")
            }
            guard found.view.state == "held" else {
                throw Stop.fault("message \(id) is not held: it is \(found.view.state)")
            }
            seen.insert(id)
        }
        return seen.sorted { (Int64($0) ?? 0) < (Int64($1) ?? 0) }
    }

    /// All that are held, the oldest first.
    static func all(_ store: OpenStore) throws(Stop) -> [String] {
        var ids: [String] = []
        var last: Int64 = 0
        while true {
            let after = last
            let rows = try store.read { reader throws(LedgerError) in try reader.outbox(after: after, state: .held) }
            guard let end = rows.last?.id else { return ids }
            ids += rows.map(\.crossing)
            last = end
        }
    }

    /// Requests that name all of them, each as many as one may.
    static func requests(_ command: String, _ ids: [String], _ arguments: [String: String]) -> [ControlRequest] {
        stride(from: 0, to: ids.count, by: ControlRequest.largestBatch).map { start in
            var request = ControlRequest(command: command, arguments: arguments)
            request.arguments["ids"] = ids[start..<min(start + ControlRequest.largestBatch, ids.count)]
                .joined(separator: " ")
            return request
        }
    }
}

/// What became of one held message, or would.
struct HeldMessageView: Encodable {
    let id: String
    /// `waiting` when it goes out, `held`, `dropped`, or `not-held` when it ended in between.
    let result: String
    let direction: String?
    let sender: RecordView.Address?
    let recipient: RecordView.Address?
    /// Why it is held.
    let code: String?
    let text: String?
    let rules: [String]
    let losses: [String]
    /// The stored address pairs that the translation knew.
    let addresses: [String]
    /// The generation under which it was translated before, and the one in force.
    let before: String?
    let generation: String?
    /// The bytes of each stage, for a trial.
    let source: String?
    let middle: String?
    let target: String?

    init(_ row: [String: String]) {
        func list(_ name: String) -> [String] {
            (row[name] ?? "").split(separator: ",").map { $0.trimming(" ") }
        }
        id = row["id"] ?? ""
        result = row["result"] ?? ""
        direction = row["direction"]
        sender = row["sender"].map { RecordView.Address(before: $0, after: row["sender-after"]) }
        recipient = row["recipient"].map { RecordView.Address(before: $0, after: row["recipient-after"]) }
        code = row["code"]
        text = row["text"].flatMap { $0.isEmpty ? nil : $0 }
        rules = list("rules")
        losses = list("losses")
        addresses = list("addresses")
        before = row["before"]
        generation = row["generation"]
        source = row["source"]
        middle = row["middle"]
        target = row["target"]
    }

    var why: String { [code, text].compactMap { $0 }.joined(separator: ": ") }
    var from: String { sender.map { $0.after ?? $0.before } ?? "" }
    var to: String { recipient.map { $0.after ?? $0.before } ?? "" }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> String {
        var text = self
        while text.first == character { text.removeFirst() }
        while text.last == character { text.removeLast() }
        return String(text)
    }
}

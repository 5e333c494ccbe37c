extension RowCompiler {
    func error(_ source: SourceRow, _ reader: inout RowReader) -> [TypedRow] {
        var stanza = Stanza()
        var response = Response()
        if var xmpp = reader.nested("xmpp") { stanza = read(&xmpp) }
        if var sip = reader.nested("sip") { response = read(&sip) }
        if let gateway = reader.column("gateway") {
            let rows = refusal(source, gateway, stanza, response, &reader)
            reader.finish("refusal rows")
            return rows
        }
        let ways: [Way] = [.both, .toXMPP, .toSIP]
        let way =
            reader.word("way", among: ways.map(\.rawValue), "a way of error tables").flatMap { Way(rawValue: $0) }
            ?? .both
        let retry = reader.choice("retry", Retry.self, "a kind of retry")
        let condition = reader.condition()
        reader.finish("error rows")
        var rows: [TypedRow] = []
        if way != .toSIP, let row = failure(source, stanza, response, retry, condition) { rows.append(.failure(row)) }
        if way != .toXMPP, let row = self.condition(source, stanza, response, condition) {
            rows.append(.condition(row))
        }
        return rows
    }

    // MARK: Sides

    private struct Stanza {
        var condition: String?
        var type: String?
        var isFull: Bool?
        var hasAddress: Bool?
        var isPending: Bool?
    }

    private struct Response {
        var match: ErrorTable.FailureRow.Match?
        /// Whether a status is there and is none.
        var isFaulty = false
        var hasRetryAfter: Bool?
        var reason: String?
    }

    private func read(_ reader: inout RowReader) -> Stanza {
        var stanza = Stanza()
        stanza.condition = reader.word(
            "condition",
            among: ErrorVocabulary.conditions,
            "a stanza error condition",
            source: "RFC 6120 §8.3.3"
        )
        stanza.type = reader.word("type", among: ErrorVocabulary.types, "an error type", source: "RFC 6120 §8.3.2")
        stanza.isFull = reader.word("to", among: ["full", "bare"], "full or bare").map { $0 == "full" }
        stanza.hasAddress = reader.flag("address")
        stanza.isPending = reader.flag("pending")
        reader.finish("xmpp in error rows")
        return stanza
    }

    private func read(_ reader: inout RowReader) -> Response {
        var response = Response()
        if let node = reader.column("status") {
            response.match = Self.match(node.text ?? "")
            if response.match == nil {
                response.isFaulty = true
                findings.add(
                    node,
                    "unknown-value",
                    "\"\((node.text ?? "").prefix(16))\" is no status of a failure",
                    help: "expected 300 to 699, or a class: 3xx, 4xx, 5xx, 6xx"
                )
            }
        }
        switch reader.word("failure", among: ["timeout", "transport"], "timeout or transport") {
        case "timeout": response.match = .timeout
        case "transport": response.match = .transport
        default: break
        }
        response.hasRetryAfter = reader.flag("retry-after")
        response.reason = reader.text("reason")
        reader.finish("sip in error rows")
        return response
    }

    private static func match(_ text: String) -> ErrorTable.FailureRow.Match? {
        if text.utf8.count == 3, text.hasSuffix("xx"), let digit = Int(text.prefix(1)), (3...6).contains(digit) {
            return .statusClass(digit)
        }
        guard let status = Int(text), (300...699).contains(status) else { return nil }
        return .status(status)
    }

    // MARK: Rows

    private func missing(_ source: SourceRow, _ response: Response, _ what: String) {
        // A wrong status has its finding.
        if response.isFaulty { return }
        findings.add(
            source.node,
            "missing-column",
            "the row has no \(what)",
            help: "sip: {status: …}, xmpp: {condition: …, type: …}"
        )
    }

    private func failure(
        _ source: SourceRow,
        _ stanza: Stanza,
        _ response: Response,
        _ retry: Retry?,
        _ condition: SwitchCondition
    ) -> ErrorTable.FailureRow? {
        guard let match = response.match, let name = stanza.condition, let type = stanza.type else {
            missing(source, response, response.match == nil ? "status" : "condition and type")
            return nil
        }
        let words = StanzaErrorWords(condition: name, type: type, retry: retry ?? .never, row: source.row)
        return ErrorTable.FailureRow(
            match: match,
            hasRetryAfter: response.hasRetryAfter,
            words: words,
            condition: condition
        )
    }

    private func condition(
        _ source: SourceRow,
        _ stanza: Stanza,
        _ response: Response,
        _ condition: SwitchCondition
    ) -> ErrorTable.ConditionRow? {
        guard case .status(let status)? = response.match, let name = stanza.condition else {
            missing(source, response, stanza.condition == nil ? "condition" : "single status, which a response needs")
            return nil
        }
        return ErrorTable.ConditionRow(
            condition: name,
            isFull: stanza.isFull,
            hasAddress: stanza.hasAddress,
            isPending: stanza.isPending,
            words: ResponseWords(status: status, reason: response.reason, row: source.row),
            when: condition
        )
    }

    private func refusal(
        _ source: SourceRow,
        _ gateway: MappingNode,
        _ stanza: Stanza,
        _ response: Response,
        _ reader: inout RowReader
    ) -> [TypedRow] {
        let text = reader.required("text", "a sentence for the sender")
        let isHeld = reader.word("do", among: ErrorVocabulary.actions, "what can be done about a refusal") == "hold"
        guard let code = gateway.text, ErrorVocabulary.refusals.contains(code) else {
            findings.unknown(gateway, "unknown-value", "a refusal of the gateway", among: ErrorVocabulary.refusals)
            return []
        }
        if isHeld, !ErrorVocabulary.holdable.contains(code), let node = source.node["do"] { cannotHold(code, node) }
        guard case .status(let status)? = response.match, let name = stanza.condition, let type = stanza.type else {
            missing(source, response, "status, condition and type")
            return []
        }
        let words = RefusalWords(
            condition: name,
            type: type,
            status: status,
            reason: response.reason,
            text: text ?? "",
            isHeld: isHeld,
            row: source.row
        )
        return [.refusal(code, words)]
    }

    private func cannotHold(_ code: String, _ node: MappingNode) {
        let help =
            code == "loss"
            ? "write do: hold in the row of the class of losses, or on-error: hold in that of the field"
            : "write do: refuse, or leave the column out; held can be "
                + ErrorVocabulary.holdable.joined(separator: ", ")
        findings.add(
            node,
            "unknown-value",
            code == "loss"
                ? "\"loss\" is held by the rows that say what is lost"
                : "\"\(code)\" cannot be held: no edit of tables or addresses mends it",
            help: help
        )
    }
}

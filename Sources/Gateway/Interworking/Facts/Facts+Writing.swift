import Addressing
import CPIM
import XMPPStanzas

extension Facts {
    /// The facts as lines that ``FactsText`` reads back, in an order that depends on the facts alone.
    ///
    /// Values hold no line breaks: one in a display name or thread is written as a space.
    public var lines: [String] {
        var lines: [String] = []
        func add(_ kind: String, _ words: [FactStatement.Word]) {
            let text = FactStatement(kind: kind, words: words).description
            lines.append(String(decoding: text.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self))
        }
        func add(_ key: String, _ value: String) { add(key, [.init(key: "", value: value)]) }
        add("now", CPIMDateTime(milliseconds: now).utcText)
        add("gateway-domain", gatewayDomain)
        for domain in xmppDomains.sorted() { add("xmpp-domain", domain) }
        for domain in cpimDomains.sorted() { add("cpim-domain", domain) }
        if servesStrangers { add("serves-strangers", "yes") }
        for domain in refusedDomains.sorted() { add("refused-domain", domain) }
        for pair in pairs {
            let uri = FactStatement.Word(key: "uri", value: pair.uri.description)
            add(
                "pair",
                [.init(key: pair.jid.description), uri, .init(key: "explicit", value: Self.flag(pair.isExplicit))]
            )
        }
        for (kind, values) in [("formal-name", formalNames), ("gruu", gruus), ("resource", resources)] {
            for (jid, value) in values.sorted(by: { $0.key.description < $1.key.description }) {
                add(kind, [.init(key: jid.description, value: value)])
            }
        }
        if isChat { add("chat", "yes") }
        for pair in threads {
            add("conversation", [.init(key: "call-id", value: pair.callID), .init(key: "thread", value: pair.thread)])
        }
        lines += peer.lines
        if hasPendingRequest { add("pending", "yes") }
        for request in pendingRequests { add("pending request", Self.words(request)) }
        for request in pendingInbound { add("pending inbound", Self.words(request)) }
        return lines + presence.lines + receipts.lines + statements.map(\.description)
    }

    static func flag(_ value: Bool) -> String { value ? "yes" : "no" }

    private static func words(_ request: PendingRequest) -> [FactStatement.Word] {
        var words: [FactStatement.Word] = [
            .init(key: "branch", value: request.branch), .init(key: "method", value: request.method),
            .init(key: "stanza", value: request.origin.kind.rawValue),
        ]
        if let id = request.origin.id { words.append(.init(key: "id", value: id)) }
        words.append(.init(key: "from", value: request.origin.from.description))
        words.append(.init(key: "to", value: request.origin.to.description))
        return words
    }

    private static func words(_ request: PendingInbound) -> [FactStatement.Word] {
        let via = request.via.first ?? ""
        let mark = Array(";branch=".utf8)
        let bytes = Array(via.utf8)
        let place = bytes.indices.first { bytes[$0...].starts(with: mark) } ?? bytes.count
        return [
            .init(key: request.method),
            .init(key: "branch", value: String(decoding: bytes[place...].dropFirst(mark.count), as: UTF8.self)),
            .init(key: "to", value: request.to), .init(key: "from", value: request.from),
            .init(key: "call-id", value: request.callID), .init(key: "cseq", value: String(request.sequence)),
            .init(key: "stanza-id", value: request.stanzaID),
            .init(key: "via", value: String(decoding: bytes[..<place], as: UTF8.self)),
        ]
    }
}

extension PeerFacts {
    fileprivate var lines: [String] {
        var words: [FactStatement.Word] = []
        if let domains = authenticatedDomains {
            words.append(.init(key: "authenticated", value: domains.joined(separator: ",")))
        }
        if isTrustedIntermediary { words.append(.init(key: "intermediary", value: "yes")) }
        if let readsCPIM { words.append(.init(key: "reads-cpim", value: Facts.flag(readsCPIM))) }
        if let shape = cpimURIShape { words.append(.init(key: "uri-shape", value: shape.rawValue)) }
        if let takesAddresses { words.append(.init(key: "takes-addresses", value: Facts.flag(takesAddresses))) }
        if !accepts.isEmpty { words.append(.init(key: "accepts", value: accepts.joined(separator: ","))) }
        var lines = words.isEmpty ? [] : [FactStatement(kind: "peer", words: words).description]
        let usual = PeerFacts()
        if isCongestionSafe { lines.append("congestion-safe=yes") }
        if requestLimit != usual.requestLimit { lines.append("request-limit=\(requestLimit)") }
        if stanzaLimit != usual.stanzaLimit { lines.append("stanza-limit=\(stanzaLimit)") }
        return lines
    }
}

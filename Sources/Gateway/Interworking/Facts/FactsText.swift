import Addressing
import CPIM
import XMPPStanzas

/// Facts read from lines, with the switches that some lines set.
///
/// It is the language of the `Context:` lines of conversion vectors and of `translate --facts`.
public struct FactsText: Sendable, Equatable {
    /// What is known.
    public private(set) var facts: Facts
    /// The switches that the lines set, by name: `carrier=sip` is a setting of `msg.carrier`.
    public private(set) var settings: [Setting]

    /// The value of a switch.
    public struct Setting: Sendable, Equatable {
        /// The name of the switch.
        public let name: String
        /// The value as it is written.
        public let value: String
    }

    /// Reads lines over facts that hold where no line says otherwise.
    ///
    /// The first line of `xmpp-domain`, `cpim-domain` or `refused-domain` replaces the domains of the defaults, each
    /// further one adds.
    ///
    /// - Parameters:
    ///   - lines: one statement each.
    ///   - defaults: what holds without them.
    /// - Throws: ``FactsError`` with the number of the line.
    public init(_ lines: [String], defaults: Facts) throws(FactsError) {
        facts = defaults
        settings = []
        var replaced: Set<String> = []
        for (number, line) in lines.enumerated() {
            let statement = try FactStatement(line, number: number)
            if let value = statement[""] {
                try apply(statement.kind, value, &replaced, number)
            } else {
                try apply(statement, number)
            }
        }
    }

    // MARK: KEY=VALUE

    private mutating func apply(
        _ key: String,
        _ value: String,
        _ replaced: inout Set<String>,
        _ number: Int
    ) throws(FactsError) {
        switch key {
        case "now":
            guard let time = CPIMDateTime(value) else { throw Self.malformed(value, "date-time", number) }
            facts.now = time.milliseconds
        case "gateway-domain": facts.gatewayDomain = try Self.domain(value, number)
        case "xmpp-domain":
            if replaced.insert(key).inserted { facts.xmppDomains = [] }
            facts.xmppDomains.insert(try Self.domain(value, number))
        case "cpim-domain":
            if replaced.insert(key).inserted { facts.cpimDomains = [] }
            facts.cpimDomains.insert(try Self.domain(value, number))
        case "serves-strangers": facts.servesStrangers = try Self.flag(value, number)
        case "refused-domain":
            if replaced.insert(key).inserted { facts.refusedDomains = [] }
            facts.refusedDomains.insert(try Self.domain(value, number))
        case "carrier": settings.append(Setting(name: "msg.carrier", value: value))
        case "congestion-safe": facts.peer.isCongestionSafe = try Self.flag(value, number)
        case "request-limit": facts.peer.requestLimit = try Self.count(value, number)
        case "stanza-limit": facts.peer.stanzaLimit = try Self.count(value, number)
        case "chat": facts.isChat = try Self.flag(value, number)
        case "pending": facts.hasPendingRequest = try Self.flag(value, number)
        default:
            let statement = FactStatement(kind: key, words: [.init(key: "", value: value)])
            if try !facts.presence.take(statement, number) { facts.statements.append(statement) }
        }
    }

    // MARK: KIND [NAME] KEY=VALUE

    private mutating func apply(_ statement: FactStatement, _ number: Int) throws(FactsError) {
        switch statement.kind {
        case "formal-name", "gruu", "resource": try applyNamed(statement, number)
        case "peer": try applyPeer(statement, number)
        case "pair":
            let uri = try Self.required(statement, "uri", number)
            guard let address = try? AddressURI(uri) else { throw Self.malformed(uri, "URI", number) }
            let isExplicit = try statement["explicit"].map { value throws(FactsError) in try Self.flag(value, number) }
            let jid = try Self.bare(statement.words.first?.key ?? "", number)
            facts.pairs.append(AddressPair(jid: jid, uri: address, isExplicit: isExplicit ?? false))
        case "conversation":
            let callID = try Self.required(statement, "call-id", number)
            facts.threads.append(ThreadPair(callID: callID, thread: try Self.required(statement, "thread", number)))
        case "pending request": facts.pendingRequests.append(try Self.request(statement, number))
        case "pending inbound": facts.pendingInbound.append(try Self.inbound(statement, number))
        default:
            if try facts.presence.take(statement, number) { return }
            if try !facts.receipts.take(statement, number) { facts.statements.append(statement) }
        }
    }

    private mutating func applyNamed(_ statement: FactStatement, _ number: Int) throws(FactsError) {
        guard let word = statement.words.first, let value = word.value else { return }
        let jid = try Self.bare(word.key, number)
        switch statement.kind {
        case "formal-name": facts.formalNames[jid] = value
        case "gruu": facts.gruus[jid] = value
        default: facts.resources[jid] = value
        }
    }

    private mutating func applyPeer(_ statement: FactStatement, _ number: Int) throws(FactsError) {
        for word in statement.words {
            let value = word.value ?? ""
            switch word.key {
            case "authenticated": facts.peer.authenticatedDomains = Self.list(value)
            case "intermediary": facts.peer.isTrustedIntermediary = try Self.flag(value, number)
            case "reads-cpim": facts.peer.readsCPIM = try Self.flag(value, number)
            case "takes-addresses": facts.peer.takesAddresses = try Self.flag(value, number)
            case "accepts": facts.peer.accepts = Self.list(value)
            case "uri-shape":
                guard let shape = CPIMURIShape(rawValue: value) else {
                    throw Self.malformed(value, "shape (im or sip)", number)
                }
                facts.peer.cpimURIShape = shape
            default: throw FactsError(.unknownKind, "A peer has no '\(word.key.prefix(64))'.", line: number)
            }
        }
    }

    // MARK: Exchanges

    private static func request(_ statement: FactStatement, _ number: Int) throws(FactsError) -> PendingRequest {
        let stanza = try required(statement, "stanza", number)
        guard let kind = StanzaKind(rawValue: stanza) else { throw malformed(stanza, "kind of stanza", number) }
        let origin = StanzaOrigin(
            from: try jid(try required(statement, "from", number), number),
            to: try jid(try required(statement, "to", number), number),
            id: statement["id"],
            kind: kind
        )
        let method = statement["method"] ?? (kind == .message ? "MESSAGE" : "SUBSCRIBE")
        return PendingRequest(branch: try required(statement, "branch", number), method: method, origin: origin)
    }

    private static func inbound(_ statement: FactStatement, _ number: Int) throws(FactsError) -> PendingInbound {
        let branch = try required(statement, "branch", number)
        let sequence = try required(statement, "cseq", number)
        guard let value = UInt32(sequence) else { throw malformed(sequence, "sequence number", number) }
        return PendingInbound(
            method: statement.words.first { $0.value == nil }?.key ?? "MESSAGE",
            via: ["\(try required(statement, "via", number));branch=\(branch)"],
            to: try required(statement, "to", number),
            from: try required(statement, "from", number),
            callID: try required(statement, "call-id", number),
            sequence: value,
            stanzaID: try required(statement, "stanza-id", number)
        )
    }

    // MARK: Values

    private static func required(_ statement: FactStatement, _ key: String, _ number: Int) throws(FactsError) -> String
    {
        guard let value = statement[key] else {
            throw FactsError(.missingValue, "'\(statement.kind)' has no \(key).", line: number)
        }
        return value
    }

    private static func malformed(_ value: String, _ type: String, _ number: Int) -> FactsError {
        FactsError(.malformedValue, "'\(value.prefix(64))' is no \(type).", line: number)
    }

    private static func domain(_ value: String, _ number: Int) throws(FactsError) -> String {
        guard let domain = try? DomainName.normalized(value) else { throw malformed(value, "domain", number) }
        return domain
    }

    private static func flag(_ value: String, _ number: Int) throws(FactsError) -> Bool {
        guard value == "yes" || value == "no" else { throw malformed(value, "yes or no", number) }
        return value == "yes"
    }

    private static func count(_ value: String, _ number: Int) throws(FactsError) -> Int {
        guard let count = Int(value), count > 0 else { throw malformed(value, "positive number", number) }
        return count
    }

    private static func list(_ value: String) -> [String] {
        value.utf8.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func jid(_ value: String, _ number: Int) throws(FactsError) -> JID {
        guard let jid = try? JID(value) else { throw malformed(value, "JID", number) }
        return jid
    }

    private static func bare(_ value: String, _ number: Int) throws(FactsError) -> BareJID {
        guard let jid = try? BareJID(value) else { throw malformed(value, "bare JID", number) }
        return jid
    }
}

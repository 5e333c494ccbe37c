import Addressing
import MappingTables
public import SIPMessages
public import XMPPStanzas

extension ErrorTranslator {
    /// Who warns in the Warning headers of responses.
    private static let agent = "isthmus"

    /// The methods of messages alone, for the Allow header that a 405 must have; a leg writes what it serves in its place.
    ///
    /// Source: RFC 3261 §21.4.6.
    private static let allowed = SIPHeaderLine(.allow, "MESSAGE, OPTIONS")

    /// Makes the response of a request that the gateway refuses.
    ///
    /// - Parameters:
    ///   - refusal: why.
    ///   - request: the request.
    ///   - toTag: the tag for To.
    /// - Returns: the whole response.
    ///
    /// Source: RFC 3261 §8.2.6.
    public func response(for refusal: Refusal, to request: SIPRequest, toTag: String) -> [UInt8] {
        let refusal = refusal.words == nil ? refusal.worded(by: route(of: request).errors) : refusal
        var extra = refusal.headers.compactMap { SIPHeaderLine(named: $0.name, $0.value) }
        if let warning = refusal.warning { extra.append(Self.warning(warning)) }
        if refusal.sipStatus == 405 { extra.append(Self.allowed) }
        return SIPResponse.answering(
            request.headers,
            status: refusal.sipStatus,
            reason: refusal.sipReason,
            toTag: toTag,
            source: nil,
            extra: extra
        )
    }

    /// Makes the response of a request whose stanza came back as an error.
    ///
    /// - Parameters:
    ///   - stanza: a stanza of type `error`.
    ///   - pending: the request.
    ///   - facts: what is known.
    ///   - toTag: the tag for To.
    /// - Returns: the response.
    ///
    /// Source: RFC 7247 §7.1.
    public func response(
        for stanza: MessageStanza,
        pending: PendingInbound,
        facts: Facts,
        toTag: String
    ) -> Translated<OutgoingResponse> {
        let error = StanzaError(in: stanza.element)
        let user = stanza.to.flatMap { try? JID($0) }
        let route = user.map { self.route(of: $0) } ?? self.route(facts.gatewayDomain)
        let contact = error.address.flatMap { self.contact($0, route, facts) }
        let words = route.errors.words(
            for: error.condition.rawValue,
            // The error relates to the address that the stanza went to, which is its sender.
            isFull: stanza.from.flatMap { try? JID($0) }?.resource != nil,
            hasAddress: contact != nil,
            isPending: facts.hasPendingRequest,
            route.switches
        )
        guard let words, let headers = Self.headers(of: pending) else {
            return Translated(outcome: .refused(Refusal.mapping().worded(by: route.errors)), trace: .none)
        }
        var trace = RuleTrace.none
        trace.fire(words.row)
        var extra: [SIPHeaderLine] = []
        if let contact, (300..<400).contains(words.status) { extra.append(SIPHeaderLine(.contact, "<\(contact)>")) }
        if words.status == 405 { extra.append(Self.allowed) }
        let bytes = SIPResponse.answering(
            headers,
            status: words.status,
            reason: Self.reason(error.text) ?? words.reason,
            toTag: toTag,
            source: nil,
            extra: extra
        )
        return Translated(outcome: .value(OutgoingResponse(bytes: bytes, status: words.status)), trace: trace)
    }

    /// A text as a reason phrase; nil when nothing of it is left.
    ///
    /// Source: RFC 3261 §7.2.
    static func reason(_ text: String?) -> String? {
        guard let text else { return nil }
        let line = SingleLine.text(text, limit: 127)
        return line.isEmpty ? nil : line
    }

    /// `399 AGENT "TEXT"`.
    ///
    /// Source: RFC 3261 §20.43.
    private static func warning(_ text: String) -> SIPHeaderLine {
        let line = SingleLine.text(text, limit: 512).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return SIPHeaderLine(.warning, "399 \(agent) \"\(line)\"")
    }

    private func route(of request: SIPRequest) -> Route {
        guard let uri = try? request.headers.from().uri(lenient: true), let key = AddressKey(uri) else {
            return route("")
        }
        return route(DomainName.toUnicode(key.domain))
    }

    /// The URI for Contact of an address that stands in `gone` or `redirect`; a resource there is an instance.
    ///
    /// Source: RFC 7247 §6.5, §7.1, RFC 6120 §8.3.3.5.
    private func contact(_ text: String, _ route: Route, _ facts: Facts) -> String? {
        switch try? AddressURI(text) {
        case .xmpp(let jid): return try? addresses(route).uri(for: jid, facts: facts).text
        case .sip(let uri) where !uri.isSecure: return uri.description
        default: return nil
        }
    }

    /// The header fields of a request that is not at hand any more.
    private static func headers(of pending: PendingInbound) -> SIPHeaders? {
        var lines = ["\(pending.method) sip:invalid SIP/2.0"]
        lines += pending.via.map { "Via: \($0)" }
        lines += ["To: \(pending.to)", "From: \(pending.from)", "Call-ID: \(pending.callID)"]
        lines += ["CSeq: \(pending.sequence) \(pending.method)", "Max-Forwards: 0", "Content-Length: 0", "", ""]
        guard case .request(let request)? = try? SIPReader.read(datagram: Array(lines.joined(separator: "\r\n").utf8))
        else { return nil }
        return request.headers
    }
}

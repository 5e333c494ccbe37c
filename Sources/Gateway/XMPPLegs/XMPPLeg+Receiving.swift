import Addressing
import BridgeCore
import Interworking
import Logging
import MappingTables
import XMLStreams
import XMPPStanzas

extension XMPPLeg {
    /// Takes a stanza that a component's server handed over.
    func received(_ element: XML.Element, on link: any XMPPLink) {
        switch StanzaKind(element) {
        case .message:
            guard let message = MessageStanza(element) else { return }
            guard !Self.grants(message) else {
                return logger.debug("a server grants privileges that nobody asked for", metadata: link.metadata())
            }
            received(message, on: link)
        case .iq:
            if let iq = IQStanza(element) { received(iq, on: link) }
        case .presence:
            if let presence = PresenceStanza(element) { received(presence, on: link) }
        case nil:
            logger.debug("an element that is no stanza", metadata: link.metadata())
        }
    }

    /// Whether a message tells the component itself what the server lets it do, of which it makes no use.
    ///
    /// Source: XEP-0356 §4.2, XEP-0355 §4.2.
    private static func grants(_ message: MessageStanza) -> Bool {
        // Nearly all go to users, which is seen at once.
        guard message.to?.utf8.contains(UInt8(ascii: "@")) == false, message.kind != .error, message.bodies.isEmpty
        else { return false }
        let grants = [("privilege", "urn:xmpp:privilege:"), ("delegation", "urn:xmpp:delegation:")]
        return grants.contains { name, namespace in
            message.payload(name, namespace + "2") != nil || message.payload(name, namespace + "1") != nil
        }
    }

    /// A stanza was passed over since it exceeds a limit; its start tag says whom to tell.
    ///
    /// Nobody can be told when the start tag itself exceeds one. Who cannot be answered within the limits cannot be
    /// answered beyond them either.
    func receivedExcess(_ element: XML.Element?, _ error: XMLStreamError, on link: any XMPPLink) {
        logger.info(
            "a stanza was passed over",
            metadata: link.metadata(["error.code": "\(error.code.rawValue)", "reason": "\(error.reason)"])
        )
        guard let element else { return recordExcess(on: link) }
        let message = MessageStanza(element)
        let found =
            message.map { ends(of: $0, on: link) } ?? IQStanza(element).map { ends(of: $0, on: link) }
            ?? PresenceStanza(element).map { ends(of: $0, on: link) }
        guard case .bridged(let from, let to) = found else { return received(element, on: link) }
        guard let message else { return answer(StanzaError(.policyViolation, .modify), to: element, on: link) }
        if message.kind != .error { refuse(message, .init(.oversize), from: from, to: to, on: link) }
    }

    /// Writes down a stanza of which nothing is known but who handed it over.
    private func recordExcess(on link: any XMPPLink) {
        let voucher = link.voucher(for: link.domain)
        let account = Arrival.Account(
            leg: "xmpp",
            peer: voucher.peer,
            proof: voucher.proof,
            sender: "",
            recipient: "",
            identifiers: []
        )
        host.refused(account, code: Interworking.Refusal.Code.oversize.rawValue, trace: [])
    }

    /// Who a stanza goes between, and whether the server may hand it over.
    enum Ends {
        /// Both addresses are well-formed, the sender is foreign and the recipient ours.
        case bridged(from: JID, to: JID)
        /// An address is missing or none.
        case malformed
        /// The sender is in a domain of the gateway, which no server vouches for.
        case spoofed
        /// The recipient is in a domain that the component does not serve.
        case misrouted
    }

    /// The server vouches for every sender but those of the gateway's own domains.
    func ends(of stanza: some Stanza, on link: any XMPPLink) -> Ends {
        let from: JID?
        let to: JID?
        do throws(AddressError) { (from, to) = (try stanza.fromAddress, try stanza.toAddress) } catch {
            return .malformed
        }
        guard let from, let to else { return .malformed }
        if links[from.domain] != nil { return .spoofed }
        return to.domain == link.domain ? .bridged(from: from, to: to) : .misrouted
    }

    /// Answers what is asked of the domain and of the users shown there.
    private func received(_ iq: IQStanza, on link: any XMPPLink) {
        switch ends(of: iq, on: link) {
        case .bridged(let from, let to):
            // Whatever is no answer is answered, be it for its form.
            if iq.kind == .result || iq.kind == .error { return receivedAnswer(iq, from: from, on: link) }
            let uptime = (now.wall - started.wall) / 1_000
            let account = account(of: to, for: from, iq)
            let answer = responder.answer(iq, account: account, now: now.wall, uptime: uptime) {
                self.contact($0, for: from)
            }
            if let answer { link.write(answer, to: from.domain) }
        case .malformed: answerMalformed(iq, on: link)
        case .spoofed, .misrouted:
            // A ping of ours that came back late, or a forgery; an answer would come back as well, or not be sent.
            logger.debug("a request that cannot be answered", metadata: link.metadata())
        }
    }

    /// The address under which a user of the other shore can be written to, if a component serves it.
    private func contact(_ text: String, for asker: JID) -> String? {
        let facts = host.facts(sender: text, recipient: asker.bare.description, from: .cpim)
        let found = MessageTranslator(generation: host.generation).contact(text, facts: facts)
        return found.flatMap { links[$0.domain] == nil ? nil : $0.description }
    }

    /// Answers with an error; errors and results are never answered.
    func answer(_ error: StanzaError, to element: XML.Element, on link: any XMPPLink) {
        guard let reply = error.reply(to: element) else { return }
        link.write(reply, to: Self.domain(in: element.attribute("from") ?? ""))
    }

    /// The domain in an address that may be none.
    static func domain(in address: String) -> String {
        let bare = address.prefix { $0 != "/" }
        let domain = bare.firstIndex(of: "@").map { bare[bare.index(after: $0)...] } ?? bare
        return (try? DomainName.normalized(String(domain))) ?? String(domain)
    }

    /// Answers that an address is none, in the name of the domain, since the recipient may not be a sender either.
    ///
    /// The sender is answered as the server wrote it: a server of an older rule knows addresses that are none today.
    ///
    /// Source: RFC 6120 §8.3.3.
    func answerMalformed(_ stanza: some Stanza, on link: any XMPPLink) {
        guard let kind = StanzaKind(stanza.element), stanza.typeAttribute != "error", stanza.typeAttribute != "result",
            stanza.typeAttribute != "headline", let from = stanza.from, !from.isEmpty
        else { return }
        var writer = XML.Writer(inherited: XMPPNamespace.component)
        writer.startStanza(kind, to: from, from: link.domain, id: stanza.id, type: "error")
        StanzaError(.jidMalformed).write(to: &writer)
        writer.end()
        link.write(writer.bytes, to: Self.domain(in: from))
    }
}

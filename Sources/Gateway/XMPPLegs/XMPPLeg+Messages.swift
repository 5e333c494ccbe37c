import Addressing
import BridgeCore
public import Interworking
import Logging
public import MappingTables
import XMLStreams
import XMPPStanzas

extension XMPPLeg {
    /// Takes a message for the other shore, or an error about one that came from there.
    func received(_ message: MessageStanza, on link: any XMPPLink) {
        switch ends(of: message, on: link) {
        case .malformed:
            answerMalformed(message, on: link)
            record(message, Interworking.Refusal.Code.malformedAddress.rawValue, on: link)
        case .spoofed:
            // An answer would come back as well, since its addressee is the gateway's own.
            guard message.kind != .error else { return }
            record(message, Interworking.Refusal.Code.identityMismatch.rawValue, on: link)
        case .misrouted:
            // An answer would have a sender that the component may not use.
            record(message, Interworking.Refusal.Code.unknownDomain.rawValue, on: link)
        case .bridged(let from, let to):
            if message.kind == .error {
                receivedError(message, from: from, to: to, on: link)
            } else if let events = events(in: message) {
                received(events, message, from: from, to: to, on: link)
            } else {
                cross(message, from: from, to: to, on: link)
            }
        }
    }

    private func cross(_ message: MessageStanza, from: JID, to: JID, on link: any XMPPLink) {
        let facts = host.facts(from: from.bare, to: to.bare)
        let translated = MessageTranslator(generation: host.generation, memory: known).pivot(
            from: message,
            between: StanzaParties(sender: from, recipient: to),
            facts: facts
        )
        switch translated.outcome {
        case .nothing(let reason):
            if reason == Self.withoutText, signalled(message, from: from, to: to, on: link) { return }
            dropped(message, reason: reason, trace: translated.trace, on: link)
        case .refused(let refusal):
            if hold(message, refusal, from: from, to: to, trace: translated.trace, on: link) { return }
            refuse(message, refusal, from: from, to: to, facts: facts, trace: translated.trace, on: link)
        case .value(let pivot):
            guard recipients.mayPass(from: from.bare, to: to.bare, now: now.monotonic) else {
                refuse(message, .tooManyRecipients, from: from, to: to, facts: facts, on: link)
                return
            }
            let arrival = arrival(of: pivot, message, facts: facts, trace: translated.trace, link: link)
            arrival.isRefusable = link.takesAnswers
            let offered = host.accept(arrival, from: .xmpp)
            if case .refused(let refusal) = offered.outcome {
                var whole = translated.trace
                whole.append(offered.trace)
                if hold(message, refusal, from: from, to: to, trace: whole, on: link) { return }
                refuse(message, refusal, from: from, to: to, facts: facts, trace: offered.trace, on: link)
                return
            }
            guard MessageTranslator.hasSignal(message) else { return }
            host.learned(MessageTranslator.news(of: message, facts: facts))
            if MessageTranslator.hasReceipt(message) { _ = signalled(message, from: from, to: to, on: link) }
        }
    }

    /// What nobody would read is dropped in silence, as there is much of it; what was a message is written down.
    private func dropped(_ message: MessageStanza, reason: String, trace: RuleTrace, on link: any XMPPLink) {
        if reason == Self.withoutText {
            logger.debug("a message without text", metadata: link.metadata())
        } else {
            record(message, reason, trace: trace, on: link)
        }
    }

    private func arrival(
        of pivot: Pivot,
        _ message: MessageStanza,
        facts: Facts,
        trace: RuleTrace,
        link: any XMPPLink
    ) -> Arrival {
        let account = account(of: message, from: pivot.sender.jid.domain, on: link)
        var writer = XML.Writer()
        writer.copy(message.element)
        let arrival = Arrival(
            pivot: pivot,
            facts: facts,
            sender: pivot.sender.key,
            source: writer.bytes,
            account: account,
            trace: trace
        )
        arrival.origin = Self.origin(of: message, on: link)
        arrival.isChat = message.kind == .chat
        arrival.isTextRecorded = !Self.isNotToBeStored(message)
        arrival.duplicateMarks = Self.duplicateMarks(of: message)
        arrival.asked = MessageTranslator.asked(by: pivot, message)
        return arrival
    }

    /// What is kept with a message so that its sender can be told of a failure.
    static func origin(of message: MessageStanza, on link: any XMPPLink) -> [UInt8] {
        var origin: [(name: String, value: String)] = [
            ("from", message.from ?? ""), ("to", message.to ?? ""), ("link", link.domain),
        ]
        if let id = message.id { origin.append(("id", id)) }
        if Self.isNotToBeStored(message) { origin.append(("storing", "no")) }
        if message.kind == .headline { origin.append(("type", message.kind.rawValue)) }
        return OriginText.encode(origin)
    }

    /// Source: XEP-0359 §2.
    static func duplicateMarks(of message: MessageStanza) -> [DuplicateMark] {
        guard let originID = message.payload("origin-id", "urn:xmpp:sid:0")?.attribute("id") else { return [] }
        return [DuplicateMark(["xmpp", message.from ?? "", originID])]
    }

    /// Source: XEP-0334 §4.
    static func isNotToBeStored(_ message: MessageStanza) -> Bool {
        message.payload("no-store", "urn:xmpp:hints") != nil
            || message.payload("no-permanent-store", "urn:xmpp:hints") != nil
    }

    /// The arrival that a stored stanza made, for another rendering.
    ///
    /// - Parameters:
    ///   - source: the stanza.
    ///   - tables: the tables that it was accepted under; nil for those in force.
    /// - Returns: the arrival; nil when the stanza cannot be read or is not translated.
    public func arrival(again source: [UInt8], under tables: Generation? = nil) -> Arrival? {
        reread(source, under: tables).arrival
    }

    /// What tables make of a stored stanza.
    ///
    /// - Parameters:
    ///   - source: the stanza as it was received.
    ///   - time: when it was, in Unix milliseconds; nil for this moment.
    ///   - tables: the tables; nil for those in force.
    /// - Returns: the arrival that it makes.
    public func reread(_ source: [UInt8], receivedAt time: Int64? = nil, under tables: Generation? = nil) -> Reread {
        guard let element = try? XML.DocumentReader.read(source[...]), let message = MessageStanza(element),
            let from = message.from.flatMap({ try? JID($0) }), let to = message.to.flatMap({ try? JID($0) }),
            let link = links[to.domain]
        else { return .refused(Interworking.Refusal(.noRoute)) }
        var facts = host.facts(from: from.bare, to: to.bare)
        if let time { facts.now = time }
        let translated = MessageTranslator(generation: tables ?? host.generation, memory: known).pivot(
            from: message,
            facts: facts
        )
        let arrival = translated.value.map {
            self.arrival(of: $0, message, facts: facts, trace: translated.trace, link: link)
        }
        return Reread(translated, arrival: arrival)
    }

    /// An error answers something that crossed; what nobody knows is written down and goes no further.
    private func receivedError(_ message: MessageStanza, from: JID, to: JID, on link: any XMPPLink) {
        let error = message.error
        let condition = error?.condition.rawValue ?? "undefined-condition"
        guard let id = message.id,
            let crossing = sent.find(id, to: from.bare.description, from: to.bare.description)
        else {
            // The sender of a message may want to hear of failures long after it counted as delivered.
            if signalled(message, from: from, to: to, on: link) { return }
            record(message, "error-without-message", on: link)
            return
        }
        var writer = XML.Writer()
        writer.copy(message.element)
        let report = OutcomeReport(protocolCode: condition, text: error?.text ?? "")
        host.failed(crossing, Failure(report: report, retry: .never, response: writer.bytes))
    }

    func account(of message: MessageStanza, from domain: String, on link: any XMPPLink) -> Arrival.Account {
        let voucher = link.voucher(for: domain)
        return Arrival.Account(
            leg: "xmpp",
            peer: voucher.peer,
            proof: voucher.proof,
            sender: message.from ?? "",
            recipient: message.to ?? "",
            identifiers: Self.identifiers(of: message)
        )
    }

    /// The names that a message has, and that of the one in whose place it comes.
    ///
    /// Source: XEP-0359 §3, XEP-0308 §3.
    private static func identifiers(of message: MessageStanza) -> [(name: String, value: String)] {
        var identifiers: [(name: String, value: String)] = message.id.map { [("stanza.id", $0)] } ?? []
        // Most clients say the same twice.
        if let id = message.payload("origin-id", "urn:xmpp:sid:0")?.attribute("id"), id != message.id {
            identifiers.append(("origin.id", id))
        }
        if let id = message.payload("replace", "urn:xmpp:message-correct:0")?.attribute("id") {
            identifiers.append(("replaced.id", id))
        }
        return identifiers
    }

    /// Tells the sender that its message does not cross, and writes it down; a headline is not answered.
    ///
    /// Source: RFC 6121 §8.5.2.1.1.
    func refuse(
        _ message: MessageStanza,
        _ refusal: Interworking.Refusal,
        from: JID,
        to: JID,
        facts: Facts? = nil,
        trace: RuleTrace = .none,
        on link: any XMPPLink
    ) {
        let origin = StanzaOrigin(from: from, to: to, id: message.id, kind: .message)
        let facts = facts ?? host.facts(from: from.bare, to: to.bare)
        if message.kind != .headline {
            link.write(stanza(for: refusal, origin: origin, facts: facts).bytes, to: from.domain)
        }
        record(message, refusal.auditCode, trace: trace, on: link)
    }

    func record(_ message: MessageStanza, _ code: String, trace: RuleTrace = .none, on link: any XMPPLink) {
        let rows = trace.rows.map { host.generation.name(of: $0) }
        let sender = try? message.fromAddress
        host.refused(account(of: message, from: sender?.domain ?? "", on: link), code: code, trace: rows)
    }

    func stanza(for refusal: Interworking.Refusal, origin: StanzaOrigin, facts: Facts) -> OutgoingStanza {
        ErrorTranslator(generation: host.generation).stanza(
            for: refusal,
            origin: origin,
            facts: facts,
            contentNamespace: XMPPNamespace.component
        )
    }
}

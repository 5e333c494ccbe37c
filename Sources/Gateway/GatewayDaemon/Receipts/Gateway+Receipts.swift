import Addressing
import BridgeCore
import IMDN
import Interworking
import Ledger
import Logging
import MappingTables
import SIMPLELegs
import XMPPLegs
import XMPPStanzas

/// How notifications and receipts cross: as items of their own, whose ends nobody is told.
extension Gateway {
    // MARK: What is known

    /// Adds what is known of messages between two users, and of their writing.
    func addSignals(from sender: BareJID, to recipient: BareJID, toFacts facts: inout Facts, of shore: Shore) {
        let (one, other) = (sender.description, recipient.description)
        // What is said is about messages that came the other way.
        let key = ReceiptBook.Key(way: shore == .xmpp ? .received : .sent, sender: other, recipient: one)
        for asked in receipts.messages(key, now: facts.now) {
            switch asked {
            case .sent(let message): facts.receipts.sent.append(message)
            case .received(let message): facts.receipts.received.append(message)
            }
        }
        addWriting(from: sender, to: recipient, &facts)
        facts.receipts.hasWritten[ReceiptFacts.Pair(from: other, to: one)] =
            composing.hasWritten(ComposingBook.Pair(writer: other, reader: one))
    }

    /// Keeps what a later notification needs of a message that is being stored, in the same commit.
    func keepAsked(_ arrival: Arrival, _ departure: Departure, to shore: Shore) {
        guard let asked = arrival.asked else { return }
        let name = shore == .cpim ? "imdn.messageID" : "stanza.id.out"
        guard let own = departure.identifiers.first(where: { $0.name == name })?.value else { return }
        let key = ReceiptBook.Key(
            way: shore == .cpim ? .sent : .received,
            sender: arrival.pivot.sender.key,
            recipient: arrival.pivot.recipient.key
        )
        store(receipts.insert(asked.named(own), key, now: now.wall))
    }

    /// Hands changes of the book to the store, with what else is collected.
    func store(_ changes: [ReceiptBook.Change]) {
        for change in changes { operations.append(.thread(change.row)) }
    }

    // MARK: From the XMPP shore

    /// Takes a notification for the CPIM shore.
    func accept(receipt arrival: Arrival, news: SignalNews) {
        let rendered = simple?.departure(of: arrival) ?? .unavailable
        switch rendered.outcome {
        case .value(let departure): offer(arrival, departure, news, from: .xmpp, isFirst: true)
        case .nothing(let reason): refused(arrival.account, code: reason, trace: [])
        case .refused(let refusal): refused(arrival.account, code: refusal.auditCode, trace: [])
        }
    }

    // MARK: From the CPIM shore

    /// Takes notifications for the XMPP shore.
    func accept(receipts arrival: Arrival) -> Translated<Void> {
        let rendered = xmpp?.departures(of: arrival) ?? .unavailable
        switch rendered.outcome {
        case .nothing(let reason): return Translated(outcome: .nothing(reason: reason), trace: rendered.trace)
        case .refused(let refusal): return Translated(outcome: .refused(refusal), trace: rendered.trace)
        case .value(let signals):
            var isFirst = true
            for (departure, news) in zip(signals.items, signals.news) {
                offer(arrival, departure, news, from: .cpim, isFirst: isFirst)
                isFirst = false
            }
            return Translated(outcome: .value(()), trace: rendered.trace)
        }
    }

    // MARK: The item

    /// Offers a receipt; the first one of a request carries its answer and its source.
    private func offer(
        _ arrival: Arrival,
        _ departure: Departure,
        _ news: SignalNews,
        from shore: Shore,
        isFirst: Bool
    ) {
        let offer = Self.receipt(
            departure,
            from: shore,
            sender: arrival.sender,
            generation,
            duplicateKeys: isFirst ? duplicateKeys(arrival.duplicateMarks) : [],
            deadline: arrival.deadline
        )
        if isFirst {
            offer.cargo.source = arrival.source
            offer.answer = arrival.answer.map(AnswerToken.init)
        }
        correspondents.saw(arrival.pivot.sender, from: shore)
        crossing = (arrival, departure)
        telling = (news, Self.key(of: arrival.pivot, from: shore))
        take(offer)
        telling = nil
        crossing = nil
    }

    private static func receipt(
        _ departure: Departure,
        from shore: Shore,
        sender: String,
        _ tables: Generation,
        duplicateKeys: [UInt64] = [],
        deadline: Int64? = nil
    ) -> Offer {
        Offer(
            kind: .receipt,
            target: shore.opposite,
            sender: sender,
            recipient: departure.recipient,
            hop: departure.hop,
            lane: departure.lane,
            cargo: Cargo(
                source: [],
                wire: departure.wire,
                identity: departure.identity,
                facts: OriginText.encode([("kind", "receipt"), ("lane", departure.lane)])
            ),
            generation: tables.identifier,
            duplicateKeys: duplicateKeys,
            deadline: deadline
        )
    }

    /// Whose messages a receipt is about: it goes the other way than they did.
    private static func key(of receipt: Pivot, from shore: Shore) -> ReceiptBook.Key {
        ReceiptBook.Key(
            way: shore == .xmpp ? .received : .sent,
            sender: receipt.recipient.key,
            recipient: receipt.sender.key
        )
    }

    /// A receipt is being stored: what is known after it goes into the same commit.
    func keepTold() {
        guard let telling else { return }
        store(receipts.apply(telling.news, telling.key))
    }

    // MARK: What the gateway itself reports

    /// Reports to the sender of a message that it was handed on, or that it failed, where its sender asked for that and
    /// the tables let it be.
    ///
    /// - Parameters:
    ///   - item: a message to the XMPP shore.
    ///   - failure: how it failed; nil when it was handed on.
    /// - Returns: whether a notification is on its way.
    ///
    /// Source: RFC 5438 §8.1, §8.2.
    func reportByNotification(_ item: Item, _ failure: Failure?) -> Bool {
        guard receipts.count > 0, item.offer.kind == .message, item.offer.target == .xmpp,
            let name = SIMPLELeg.asked(in: item.offer.cargo.facts)
        else { return false }
        let key = ReceiptBook.Key(way: .received, sender: name.sender, recipient: name.recipient)
        let tables = generations[item.offer.generation]
        guard case .received(let message)? = receipts.message(key, name.messageID, now: now.wall),
            let sender = message.recipient?.jid, let recipient = message.sender?.jid
        else { return false }
        var facts = self.facts(sender: name.recipient, recipient: name.sender, from: .xmpp)
        facts.receipts = ReceiptFacts()
        let condition = failure.map { StanzaError.Condition(rawValue: $0.report.protocolCode)?.rawValue ?? "" }
        let translated = MessageTranslator(generation: tables).notification(
            of: message,
            condition: condition,
            from: sender,
            to: recipient,
            facts: facts
        )
        guard let signals = translated.value, let pivot = signals.items.first, let news = signals.news.first,
            let departure = departure(of: pivot, facts: facts, trace: translated.trace, under: tables)
        else { return false }
        let offer = Self.receipt(departure, from: .xmpp, sender: pivot.sender.key, tables)
        offer.cargo.source = failure?.response ?? []
        reporting = (item.id, departure)
        telling = (news, key)
        defer {
            reporting = nil
            telling = nil
        }
        return take(offer)
    }

    private func departure(
        of pivot: Pivot,
        facts: Facts,
        trace: RuleTrace,
        under tables: Generation
    ) -> Departure? {
        let account = Arrival.Account(
            leg: "",
            peer: "",
            proof: "",
            sender: pivot.sender.key,
            recipient: pivot.recipient.key,
            identifiers: []
        )
        let arrival = Arrival(
            pivot: pivot,
            facts: facts,
            sender: pivot.sender.key,
            source: [],
            account: account,
            trace: trace
        )
        return simple?.departure(of: arrival, under: tables).value
    }

    /// A message was answered with its failure, so that no notification of it is due.
    ///
    /// Source: RFC 5438 §12.1.3.1.
    func forgetAsked(_ item: Item) {
        guard let name = SIMPLELeg.asked(in: item.offer.cargo.facts), item.offer.target == .xmpp else { return }
        let key = ReceiptBook.Key(way: .received, sender: name.sender, recipient: name.recipient)
        store(receipts.forget(key, name.messageID))
    }
}

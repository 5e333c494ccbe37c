import Addressing
import BridgeCore
import IMDN
import Interworking
import MappingTables
import SIMPLELegs
import XMPPLegs

/// Who is writing: told at once or not at all, and never stored.
extension Gateway {
    /// Milliseconds of a clock that never goes back.
    private var moment: Int64 { Int64(now.monotonic / 1_000_000) }

    /// Adds what is known of the writing of two users, for a message from one to the other.
    func addWriting(from sender: BareJID, to recipient: BareJID, _ facts: inout Facts) {
        let (one, other) = (sender.description, recipient.description)
        for (user, key) in [(sender, one), (recipient, other)] where composing.usesChatStates(key) {
            facts.receipts.chatStates.insert(user)
        }
        let pair = ComposingBook.Pair(writer: one, reader: other)
        if composing.toldOutward(pair) == .active || composing.toldInward(pair) == .active {
            facts.receipts.composing[ReceiptFacts.Pair(from: one, to: other)] = .active
        }
    }

    /// One user has written to another.
    func wrote(_ pivot: Pivot) {
        let pair = ComposingBook.Pair(writer: pivot.sender.key, reader: pivot.recipient.key)
        composing.wrote(pair)
        if !passing.isEmpty { passing[pair] = nil }
    }

    /// Takes what became known of users by what they wrote.
    func learned(_ news: [SignalNews]) {
        for news in news {
            switch news {
            case .usesChatStates(let user): composing.usedChatStates(user.description)
            // Only who goes on writing is told of here: what has ended was ended by the message itself.
            case .composing(let writer, let reader, .active):
                let pair = ComposingBook.Pair(writer: writer.description, reader: reader.description)
                if composing.toldOutward(pair) == .active { _ = composing.told(outward: pair, .active, now: moment) }
            case .composing, .reported, .confirmed: break
            }
        }
    }

    // MARK: To the CPIM shore

    /// A user of the XMPP shore writes, or does not any more.
    func accept(composing pivot: Pivot, facts: Facts) {
        guard case .composing(let status)? = pivot.signal else { return }
        let pair = ComposingBook.Pair(writer: pivot.sender.key, reader: pivot.recipient.key)
        guard !bridge.isStopping, !composing.isSilent(pair.reader, now: moment),
            composing.told(outward: pair, from: pivot.sender.jid, status.state, now: moment)
        else { return }
        pass(pivot, facts, pair)
    }

    /// Sends a state, or has it wait until nothing else is open to its reader; a newer one takes its place.
    private func pass(_ pivot: Pivot, _ facts: Facts, _ pair: ComposingBook.Pair) {
        let arrival = Arrival(
            pivot: pivot,
            facts: facts,
            sender: pair.writer,
            source: [],
            account: Arrival.Account(leg: "", peer: "", proof: "", sender: "", recipient: "", identifiers: []),
            trace: .none
        )
        guard let departure = simple?.departure(of: arrival).value else { return }
        passing[pair] = Passage(departure: departure, until: moment + Passage.patience)
        sendPassing()
    }

    /// Sends what waited, as far as nothing else is open to its reader.
    func sendPassing() {
        guard !passing.isEmpty else { return }
        for (pair, passage) in passing {
            if passage.until <= moment {
                passing[pair] = nil
                continue
            }
            let (lane, hop) = (passage.departure.lane, passage.departure.hop)
            guard bridge.occupy(lane: lane, hop: hop) else { continue }
            passing[pair] = nil
            if simple?.pass(passage.departure) != true { vacate(lane, hop) }
        }
        scheduleFlush()
    }

    /// A request that told of somebody's writing has its end.
    ///
    /// Source: RFC 3994 §4.
    func ended(_ passing: SIMPLELeg.Passing, status: Int?) {
        if status.map({ $0 / 100 }) != 2 {
            let isRefused = status.map { [405, 406, 415, 488].contains($0) } ?? false
            composing.failed(reader: passing.reader, isForLong: isRefused, now: moment)
        }
        vacate(passing.lane, passing.hop)
    }

    private func vacate(_ lane: String, _ hop: String) {
        bridge.vacate(lane: lane, hop: hop, now: now, effects: &effects)
        run()
    }

    // MARK: To the XMPP shore

    /// A user of the CPIM shore writes, or does not any more.
    func accept(_ status: ComposingStatus, of pivot: Pivot, facts: Facts) {
        let pair = ComposingBook.Pair(writer: pivot.sender.key, reader: pivot.recipient.key)
        let reason = xmpp?.tell(pivot, facts: facts)
        // Who is told already is told until later.
        guard reason == nil || reason == Self.goesOn else { return }
        _ = composing.told(inward: pair, status, pivot, now: moment)
    }

    private static let goesOn = "composing-told"

    // MARK: Time

    /// Tells what is due since nobody said anything.
    ///
    /// Source: RFC 3994 §3.2, §3.3.
    func advanceComposing() {
        for due in composing.advance(now: moment) {
            switch due {
            case .outward(let pair, let writer, let state):
                guard let reader = try? BareJID(pair.reader) else { continue }
                let facts = self.facts(sender: pair.writer, recipient: pair.reader, from: .xmpp)
                let translated = MessageTranslator(generation: generation).pivot(
                    ofComposing: state,
                    from: writer,
                    to: reader.jid,
                    facts: facts
                )
                if let pivot = translated.value { pass(pivot, facts, pair) }
            case .inward(let pivot):
                var facts = self.facts(sender: pivot.sender.address, recipient: pivot.recipient.address, from: .cpim)
                facts.receipts = ReceiptFacts()
                facts.receipts.chatStates = [pivot.recipient.jid.bare]
                let pair = ReceiptFacts.Pair(from: pivot.sender.key, to: pivot.recipient.key)
                facts.receipts.composing[pair] = .active
                _ = xmpp?.tell(pivot.endOfWriting(), facts: facts)
            }
        }
        sendPassing()
    }
}

/// A state that waits until nothing else is open to its reader.
struct Passage {
    /// For how long it is worth telling, in milliseconds.
    static let patience: Int64 = 10_000

    let departure: Departure
    /// When it is given up.
    let until: Int64
}

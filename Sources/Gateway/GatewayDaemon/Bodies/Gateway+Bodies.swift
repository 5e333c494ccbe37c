import BridgeCore
import CPIM
import Interworking
import Ledger
import MappingTables
import OperatorFiles

/// What is kept of texts.
extension Gateway {
    /// What is kept of one item.
    struct Kept {
        /// Makes the digest in the record.
        let key: BodyKey
        /// What stores the key, and the text where it is kept; nil when there is nothing to store.
        let operation: LedgerOperation?
    }

    /// What is kept of an item that crosses; nil for nothing.
    func kept(_ arrival: Arrival, _ departure: Departure, of item: Item, under tables: Generation) -> Kept? {
        let mode = bodies(of: arrival, to: item.offer.target, under: tables)
        guard mode != .metadata else { return nil }
        let key = key(of: item, to: departure.recipient)
        guard mode == .content else { return Kept(key: key, operation: key.isStored ? nil : .keep(key)) }
        var forms = [sealed(item.offer.cargo.source, .source, of: item, under: key)]
        if let object = try? CPIMWriter.write(arrival.pivot.message) {
            forms.append(sealed(object, .canonical, of: item, under: key))
        }
        forms.append(sealed(departure.wire, .target, of: item, under: key))
        return Kept(key: key, operation: .keep(key, forms))
    }

    /// What is kept of a held item once tables let it cross.
    func kept(_ again: Retranslation, of item: Item) -> Kept? {
        guard let arrival = again.arrival, let departure = again.rendition?.departure else { return nil }
        return kept(arrival, departure, of: item, under: generation)
    }

    /// Keeps the form in which an item is sent again, where its forms are kept.
    func keep(_ departure: Departure, of item: Item, from arrival: Arrival, under tables: Generation) {
        guard bodies(of: arrival, to: item.offer.target, under: tables) == .content else { return }
        let key = key(of: item, to: item.offer.recipient)
        operations.append(.keep(key, [sealed(departure.wire, .target, of: item, under: key)]))
    }

    /// What the tables, and beside them the configuration, say is kept of a text; a sender may ask that nothing is.
    private func bodies(
        of arrival: Arrival,
        to shore: Shore,
        under tables: Generation
    ) -> GatewayConfiguration.Bodies {
        guard arrival.isTextRecorded else { return .metadata }
        let neighbor = shore == .cpim ? arrival.pivot.recipient : arrival.pivot.sender
        let word = tables.route(peer: neighbor.domain).switches.text(.bodies)
        return GatewayConfiguration.Bodies(rawValue: word) ?? configuration.bodies
    }

    private func key(of item: Item, to recipient: String) -> BodyKey {
        let conversation = Conversation(item.offer.sender, recipient)
        return bodyKeys.key(of: ConversationDay(conversation: conversation, day: BodyKeyEntry.day(of: item.accepted)))
    }

    private func sealed(_ bytes: [UInt8], _ form: BodyForm, of item: Item, under key: BodyKey) -> SealedBody {
        key.seal(bytes, crossing: item.id.number, form: form, accepted: item.accepted)
    }
}

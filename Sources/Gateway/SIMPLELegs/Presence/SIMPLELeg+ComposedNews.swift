import BridgeCore
import Interworking
import SIPTransactions

/// What the documents that a user published say together: who is told, when, and until when.
extension SIMPLELeg {
    /// What documents say together; nil when there are none, or they say nothing.
    private func reading(of composition: UInt64, _ contact: Correspondent) -> PresenceReading? {
        guard let state = compositions.all[composition]?.state, !state.isEmpty else { return nil }
        let facts = host.facts(sender: contact.comparedAddress, recipient: contact.comparedAddress, from: .cpim)
        let translator = PresenceTranslator(generation: host.generation)
        let documents = state.publications.map { document(of: $0, in: composition, contact, facts) }
        return translator.reading(of: documents, about: contact, facts: facts).value
    }

    /// What all documents of a user say together.
    func told(of id: UInt64) -> Composition.Told {
        guard let composition = compositions.all[id] else { return Composition.Told() }
        guard composition.isOutdated else { return composition.told }
        compositions.all[id]?.isOutdated = false
        let contact = contact(of: composition)
        let room = Compositions.Room(
            inAll: settings.composedBytes,
            perPeer: settings.composedBytesPerPeer,
            perUser: settings.composedBytesPerUser
        )
        compositions.set(told(contact.flatMap { reading(of: id, $0) }), of: id, room)
        schedule(composition: id)
        return compositions.all[id]?.told ?? Composition.Told()
    }

    private func told(_ reading: PresenceReading?) -> Composition.Told {
        guard let reading else { return Composition.Told() }
        return Composition.Told(
            parts: parts(of: reading),
            items: Self.items(of: reading),
            nextChange: reading.nextChange
        )
    }

    /// Tells watchers what the documents say, when that is another and their pace allows it; an end is told at once.
    ///
    /// What nobody watches is put together when somebody asks for it.
    ///
    /// Source: RFC 3856 §6.10.
    func tellWhenDue(of id: UInt64) {
        guard let composition = compositions.all[id], composition.isUntold else { return }
        let now = host.now.monotonic
        let watchers = compositions.watchers[composition.user] ?? []
        guard watchers.isEmpty || composition.state.isEmpty || composition.tellAt(settings.events.pace) <= now else {
            return
        }
        compositions.all[id]?.isUntold = false
        guard !watchers.isEmpty else { return }
        compositions.all[id]?.toldAt = now
        for key in watchers { show(composed: key) }
    }

    /// The time of what is published has come.
    func compositionTimer(_ id: UInt64) {
        // What waits for the store is looked at before; then this comes again.
        guard let composition = compositions.all[id], composition.asked == nil else { return }
        let now = host.now
        let hasForgotten = discardLocations(of: id)
        let before = compositions.all[id]?.state.weight ?? composition.state.weight
        let isExpired = !(compositions.all[id]?.state.timerFired(now: now.monotonic) ?? []).isEmpty
        if let state = compositions.all[id]?.state, isExpired {
            compositions.count(state.weight - before, in: composition.domain)
            compositions.contents.forget(composition.state.missing(in: state), of: id)
            if !state.isEmpty { keep(composition: id, state) }
        }
        if isExpired || hasForgotten || composition.told.nextChange.map({ $0 <= now.wall }) == true {
            compositions.outdate(id)
        }
        tellWhenDue(of: id)
        settle(composition: id)
    }

    /// What is left when there is nothing to do: a time to come back, or nothing at all.
    func settle(composition id: UInt64) {
        guard let composition = compositions.all[id], composition.asked == nil else { return }
        guard composition.state.isEmpty else { return schedule(composition: id) }
        compositions.remove(id)
        subscriptions.timers.set(id, to: nil)
        if composition.isStored { host.forget(usage: id) }
    }

    private func schedule(composition id: UInt64) {
        guard let composition = compositions.all[id], !composition.state.isEmpty else { return }
        let reading = composition.isOutdated ? nil : composition.told.nextChange.map(deadline(for:))
        let telling = composition.isUntold ? composition.tellAt(settings.events.pace) : nil
        let retaining = composition.locationsEnd.map(deadline(for:))
        let times = [composition.state.deadline, reading, telling, retaining].compactMap { $0 }
        subscriptions.timers.set(id, to: times.min())
    }
}

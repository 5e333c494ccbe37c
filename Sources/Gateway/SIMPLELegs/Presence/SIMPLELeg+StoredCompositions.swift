import Addressing
import BridgeCore
import SIPTransactions

/// What users of this shore published, over a restart.
extension SIMPLELeg {
    func keep(composition id: UInt64, _ state: EventStateCompositor) {
        guard let user = compositions.all[id]?.user else { return }
        let now = host.now
        let bytes = state.stored(now: now.monotonic, date: UInt64(max(0, now.wall / 1_000)))
        let last = state.publications.map(\.expiry).max() ?? now.monotonic
        host.store(
            StoredUsage(
                id: id,
                kind: .compositor,
                key: WatchKey(watcher: "", presentity: user, target: .cpim),
                expires: now.wall + Int64(clamping: (max(last, now.monotonic) - now.monotonic) / 1_000_000),
                state: bytes
            )
        )
    }

    /// Takes up what was published to an earlier process, as far as it has not expired.
    ///
    /// - Returns: whether any of it counts.
    func restore(composition usage: StoredUsage) -> Bool {
        let now = host.now
        guard let jid = try? BareJID(usage.key.presentity), composedDomains.contains(domain(of: jid)),
            compositions.byUser[usage.key.presentity] == nil,
            var state = EventStateCompositor(
                stored: usage.state,
                capacity: settings.publicationsPerUser,
                now: now.monotonic,
                date: UInt64(max(0, now.wall / 1_000))
            )
        else { return false }
        _ = state.timerFired(now: now.monotonic)
        // The bounds may have been higher before.
        guard !state.isEmpty, hasRoom(for: state.weight, of: state, in: domain(of: jid)) else { return false }
        var composition = Composition(user: usage.key.presentity, domain: domain(of: jid), state: state)
        composition.isStored = true
        composition.isOutdated = true
        // Their time may have come meanwhile.
        for publication in state.publications { composition.endLocations(of: publication.number, at: now.wall) }
        compositions.count(state.weight, in: composition.domain)
        compositions.all[usage.id] = composition
        compositions.byUser[composition.user] = usage.id
        settle(composition: usage.id)
        return true
    }
}

import Addressing
import BridgeCore
import Interworking
import Ledger
import Logging
import MappingTables
import OperatorFiles
import SIMPLELegs
import XMLStreams
import XMPPLegs
import XMPPStanzas

/// Presence: what the legs report, and what the flow asks for.
extension Gateway {
    // MARK: From the XMPP shore

    func accept(
        _ operation: PresenceOperation,
        of stanza: PresenceStanza,
        account: Arrival.Account,
        trace: [String]
    ) {
        let user = operation.user.key
        let contact = operation.contact.key
        let out = WatchKey(watcher: user, presentity: contact, target: .cpim)
        let into = WatchKey(watcher: contact, presentity: user, target: .xmpp)
        let device = operation.user.jid.resource ?? ""
        if let pair = operation.user.pair { learn(pair) }
        learn(stanza.element.language, of: user)
        switch operation.kind {
        case .subscribe(let note):
            notes[out] = note
            if let name = operation.nick { correspondents.saw(name: name, of: user) }
            record(.subscription, "subscribe", account, trace)
            handle(.asked(out, request: operation.id))
        case .unsubscribe:
            record(.subscription, "unsubscribe", account, trace)
            handle(.unsubscribed(out, request: operation.id))
        case .subscribed:
            record(.subscription, "subscribed", account, trace)
            let keepsUnasked = generation.route(peer: operation.contact.uri.host.canonical)
                .switches.isSet(.preapproval, "on")
            handle(keepsUnasked ? .preapproved(into) : .approved(into))
        case .unsubscribed:
            record(.subscription, "unsubscribed", account, trace)
            handle(.watcherAnswered(out, .unauthorized))
            // Only for whom the user let see it is the answer to a question of ours a refusal.
            let isAnswer = operation.id?.hasPrefix(XMPPLeg.verifyPrefix) == true
            if !isAnswer || presence.isApproved(into) { handle(.refused(into)) }
        case .probe: handle(.probed(out, by: operation.user.jid.description))
        case .available:
            let part = part(of: operation, stanza, into, isOpen: true)
            simple?.publish(part, of: into)
            handle(.said(into, part))
            handle(.watcherOnline(out, device: device, true))
        case .unavailable:
            let part = part(of: operation, stanza, into, isOpen: false)
            simple?.publish(part, of: into)
            handle(device.isEmpty ? .silent(into, part) : .said(into, part))
            handle(.watcherOnline(out, device: device, false))
            personal.offline(device, out)
        case .error(let error):
            failed(operation, error, account, trace)
        }
    }

    /// The language of a stanza, which its sender's server adds where the sender has said it for its stream.
    ///
    /// Source: RFC 6120 §8.1.5.
    private func learn(_ language: String?, of user: String) {
        guard let language, 1...Self.largestLanguage ~= language.utf8.count, languages[user] != language else { return }
        languages[user] = language
    }

    /// Room for a language tag, in bytes.
    ///
    /// Source: RFC 5646 §4.4.1.
    static let largestLanguage = 35

    /// The language of a user of the XMPP shore.
    func language(of user: String) -> String? { languages[user] }

    /// A user of the XMPP shore, or its server, says that what it was sent could not be processed.
    private func failed(
        _ operation: PresenceOperation,
        _ error: StanzaError,
        _ account: Arrival.Account,
        _ trace: [String]
    ) {
        let out = WatchKey(watcher: operation.user.key, presentity: operation.contact.key, target: .cpim)
        record(.subscription, "error " + error.condition.rawValue, account, trace)
        if operation.id?.hasPrefix(XMPPLeg.verifyPrefix) == true {
            let isGone = error.condition == .itemNotFound || error.condition == .gone
            return handle(.watcherAnswered(out, isGone ? .gone : .other))
        }
        // Only what was asked of a user has an answer that counts. What it was shown comes back for reasons that pass,
        // and servers go on showing (RFC 6121 §4.4.2); who is gone is found when the subscription is verified.
        guard let id = operation.id, id.hasPrefix(XMPPLeg.askPrefix) || id.hasPrefix(XMPPLeg.probePrefix) else {
            logger.debug(
                "a presence that was shown came back",
                metadata: ["peer": "\(account.peer)", "error.code": "\(error.condition.rawValue)"]
            )
            return scheduleFlush()
        }
        let translator = PresenceTranslator(generation: generation)
        let end = translator.end(for: error.condition, of: operation.contact)
        handle(.askFailed(out.reversed, reason: end.reason, retryAfter: end.retryAfter.map { Int($0) }))
    }

    private func part(
        of operation: PresenceOperation,
        _ stanza: PresenceStanza,
        _ key: WatchKey,
        isOpen: Bool
    ) -> PresencePart {
        var writer = XML.Writer()
        writer.reserve(Self.usualStanza)
        writer.copy(stanza.element)
        said = (writer.bytes, stanza.element)
        return PresencePart(
            name: operation.user.jid.resource ?? "",
            isOpen: isOpen,
            content: writer.bytes,
            seen: seen(stanza, by: operation.user.jid, key)
        )
    }

    /// When a device says something: when that was first sent, or now where the watcher was told of something later.
    ///
    /// A server that is asked again answers with the stamp of long ago (RFC 6121 §4.3.2), after others were told.
    ///
    /// Source: RFC 3863 §4.1.7.
    private func seen(_ stanza: PresenceStanza, by user: JID, _ key: WatchKey) -> Int64 {
        let newest = presence.parts(of: key).map(\.seen).max()
        var facts = constantFacts
        facts.now = now.wall
        if let sent = PresenceTranslator.sent(stanza, by: user, facts: facts), newest.map({ $0 < sent }) ?? true {
            return sent
        }
        return max(nextSeen(), newest.map { $0 + 1 } ?? 0)
    }

    /// Room for most presences, in bytes.
    private static let usualStanza = 512

    /// The time, or a little later, so that no two changes have the same.
    ///
    /// Source: RFC 3863 §4.1.7.
    private func nextSeen() -> Int64 {
        lastSeen = max(now.wall, lastSeen + 1)
        return lastSeen
    }

    // MARK: From the CPIM shore

    /// A subscription on the other side has news.
    func presence(_ event: PresenceEvent) { handle(event) }

    /// What a watcher of the CPIM shore may see of a user.
    func presenceParts(of key: WatchKey) -> [PresencePart] { presence.parts(of: key) }

    /// The stanza that was kept as these bytes, when it is the last one that was said.
    func saidLast(_ content: [UInt8]) -> XML.Element? {
        said.flatMap { $0.content == content ? $0.element : nil }
    }

    /// Whether a watcher of the CPIM shore may see a user.
    func isPresenceApproved(_ key: WatchKey) -> Bool { presence.isApproved(key) }

    /// Whether nothing is taken any more.
    var isStopping: Bool { bridge.isStopping }

    /// The watchers of a user of whom a presence server told.
    func announcedWatchers(of user: String) -> [WatchKey] { presence.announced(of: user) }

    /// Whether a watch can be kept.
    func hasPresenceRoom(for key: WatchKey) -> Bool { presence.hasPlace(for: key) }

    /// The words of the watcher for the request that is being made; given once.
    func takeNote(_ key: WatchKey) -> String? {
        defer { notes[key] = nil }
        return notes[key]
    }

    /// Asks a user of the XMPP shore for its present state.
    func ask(_ key: WatchKey) { xmpp?.probe(key) }

    /// Keeps the state of a subscription or publication.
    func store(_ usage: StoredUsage) {
        operations.append(
            .usage(
                UsageRow(
                    id: Int64(bitPattern: usage.id),
                    kind: usage.kind.row,
                    watcher: usage.key.watcher,
                    presentity: usage.key.presentity,
                    expires: usage.expires,
                    state: usage.state
                )
            )
        )
        scheduleFlush()
    }

    /// Forgets the state of a subscription or publication.
    func forget(usage id: UInt64) {
        operations.append(.forgetUsage(id: Int64(bitPattern: id)))
        scheduleFlush()
    }

    /// Lets the leg know when what was collected so far is stored.
    func whenStored(_ token: UInt64) {
        storing.append(token)
        scheduleFlush()
    }

    // MARK: The flow

    func handle(_ event: PresenceEvent) {
        var caused: [PresenceEffect] = []
        presence.handle(event, now: now, effects: &caused)
        for effect in caused { perform(effect) }
        scheduleFlush()
    }

    private func perform(_ effect: PresenceEffect) {
        switch effect {
        case .subscribe(let key): simple?.subscribe(key)
        case .renew(let key): simple?.renew(key)
        case .leave(let key): simple?.leave(key)
        case .rest(let key): simple?.rest(key)
        case .fetch(let key, let device): simple?.fetch(key, by: device)
        case .probe(let key): xmpp?.probe(key)
        case .verify(let key): xmpp?.verify(key)
        case .tell(let key, let step): tell(key, step)
        case .show(let key, let parts, let device):
            inOrder(PresenceShow(key: key, what: .parts(parts, to: device)))
        case .access(let key, let access, let subscription): simple?.access(key, access, subscription: subscription)
        case .changed(let key): simple?.presenceChanged(key)
        case .answerFetch(_, let subscription, let isNeutral):
            simple?.answerFetch(subscription, isNeutral: isNeutral)
        case .overflow(let key):
            logger.warning("presence is not kept: there is no room", metadata: ["remedy": "see limits: presence-bytes"])
            record(.refused, "presence-overflow", account(of: key), [])
        case .announced(let key):
            let account = Arrival.Account(
                leg: "sip",
                peer: "",
                proof: "address",
                sender: key.watcher,
                recipient: key.presentity,
                identifiers: []
            )
            record(.subscription, "watcher-waiting", account, [])
        case .store(let key): store(key)
        case .forget(let key):
            perform(personal.ended(key))
            operations.append(
                .forgetWatch(watcher: key.watcher, presentity: key.presentity, target: key.target.row)
            )
        }
    }

    /// What is shown follows the step that allows it, and that is stored first.
    func inOrder(_ show: PresenceShow) {
        if hasSteps || stepsOpen > 0 { shownLater.append(show) } else { self.show(show) }
    }

    private func show(_ show: PresenceShow) {
        switch show.what {
        case .parts(let parts, let device): xmpp?.show(parts, of: show.key, to: device)
        case .item(let item, let devices): xmpp?.publish(item, of: show.key, to: devices)
        }
    }

    /// A commit with steps came to its end.
    func stepsEnded() {
        stepsOpen -= 1
        guard stepsOpen == 0, !hasSteps else { return }
        let shows = shownLater
        shownLater.removeAll(keepingCapacity: true)
        for show in shows { self.show(show) }
    }

    private func store(_ key: WatchKey) {
        guard let record = presence.record(of: key) else { return }
        operations.append(
            .watch(
                WatchRow(
                    watcher: key.watcher,
                    presentity: key.presentity,
                    target: key.target.row,
                    state: Int64(record.state),
                    changed: now.wall,
                    parts: record.bytes
                )
            )
        )
    }

    /// A step goes the way of a message: stored, sent in order, and again until the neighbor has it.
    private func tell(_ key: WatchKey, _ step: PresenceStep) {
        guard let departure = xmpp?.departure(of: named(step, key), key) else {
            logger.warning("a step of a subscription has no way", metadata: ["reason": "no component"])
            return
        }
        let offer = Offer(
            kind: .step,
            target: .xmpp,
            sender: key.target == .cpim ? key.presentity : key.watcher,
            recipient: departure.recipient,
            hop: departure.hop,
            lane: departure.lane,
            cargo: Cargo(
                source: [],
                wire: departure.wire,
                identity: departure.identity,
                facts: OriginText.encode([("kind", "step"), ("lane", departure.lane)])
            ),
            generation: generation.identifier
        )
        hasSteps = true
        stepping = (key, step, departure)
        defer { stepping = nil }
        take(offer)
        if step == .approved, key.target == .cpim, presence.isApproved(key.reversed) { xmpp?.learnInterests(of: key) }
    }

    /// Steps that may wait for room in the bridge.
    static let largestStepsAgain = 100_000

    /// The bridge had no room for a step: it is offered again a little later, for its watch says that it was told.
    func keepStep() {
        guard let stepping else { return }
        guard stepsAgain.count < Self.largestStepsAgain else {
            logger.error("a step of a subscription is lost: too many wait", metadata: ["error.code": "queue-full"])
            return
        }
        stepsAgain.append((stepping.key, stepping.step))
        stepsAgainAt = now.wall + 1_000
    }

    /// Offers steps once more that there was no room for.
    func offerStepsAgain(_ now: Int64) {
        guard !stepsAgain.isEmpty, stepsAgainAt <= now else { return }
        let steps = stepsAgain
        stepsAgain.removeAll()
        for (key, step) in steps { tell(key, step) }
    }

    func account(of key: WatchKey) -> Arrival.Account {
        Arrival.Account(
            leg: key.target == .xmpp ? "xmpp" : "sip",
            peer: "",
            proof: "",
            sender: key.presentity,
            recipient: key.watcher,
            identifiers: []
        )
    }
}

/// What a watcher of the XMPP shore is to see.
struct PresenceShow {
    enum What {
        /// Devices, for all devices of the watcher or one.
        case parts([PresencePart], to: String?)
        /// What the presentity tells of itself, for some devices of the watcher.
        case item(PersonalItem, to: [String])
    }

    let key: WatchKey
    let what: What
}

extension PresenceStep {
    /// What the record calls it.
    var name: String {
        switch self {
        case .ask: "subscribe"
        case .approved, .again: "subscribed"
        case .refused: "unsubscribed"
        case .failed: "subscription-failed"
        case .unknown: "subscription-unknown"
        case .departed: "watcher-departed"
        case .withdrawn: "unsubscribe"
        }
    }
}

extension Shore {
    var row: OutboxTarget { self == .xmpp ? .xmpp : .cpim }
}

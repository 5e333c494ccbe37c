import Addressing
public import BridgeCore
import Interworking
import Logging
import MappingTables
import SIPMessages
import SIPTransactions

/// Users of the other shore whose presence is kept by a presence server of this one.
extension SIMPLELeg {
    /// How long what a user said holds while it is being asked again, in nanoseconds.
    private static let patience: UInt64 = 60_000_000_000
    /// Between two questions after a link is up again, in nanoseconds.
    ///
    /// Source: RFC 6121 §4.3.
    private static let askPace: UInt64 = 50_000_000

    // MARK: What the gateway asks for

    /// Publishes what a device says, where the route wants it.
    ///
    /// - Parameters:
    ///   - part: the device with its stanza; without a name it speaks for all devices of the user.
    ///   - key: the user, and the contact whom the stanza was sent to.
    ///
    /// Source: RFC 3903 §4, RFC 8048 §4.
    public func publish(_ part: PresencePart, of key: WatchKey) {
        // Most gateways publish nothing.
        if publications.all.isEmpty, presenceModes.published.isEmpty { return }
        guard let jid = try? BareJID(key.watcher) else { return }
        let domain = AddressTranslator.peerDomain(of: jid, host.generation.addresses)
        let name = Publications.Name(user: key.presentity, domain: domain)
        guard isPublished(domain) else { return withdraw(publications.byName[name]) }
        let known = publications.byName[name]
        guard !part.isOpen || publications.hasRoom(for: part, of: known, most: settings.saidBytes) else {
            return overflow(part, known, name, contact: key.watcher)
        }
        if publications.byName[name] == nil {
            guard part.isOpen, part.content.count <= Publication.largestPart,
                publications.all.count < settings.publications
            else { return }
            let id = subscriptions.freshID()
            let machine = PublisherState(expires: settings.subscriptionSeconds, pace: settings.events.pace)
            publications.insert(Publication(name: name, contact: key.watcher, machine: machine), id)
        }
        guard let id = publications.byName[name] else { return }
        if publications.change(id, { $0.say(part, to: key.watcher) }) == true { changed(publication: id) }
        schedule(publication: id)
    }

    /// There is no room for what a device says: it is not published, and that is written down.
    private func overflow(_ part: PresencePart, _ id: UInt64?, _ name: Publications.Name, contact: String) {
        record(account(of: name.user, to: contact), code: "presence-overflow")
        guard let id, publications.change(id, { $0.lose(part.name) }) == true else { return }
        changed(publication: id)
        schedule(publication: id)
    }

    /// A user tells something else of itself: what is published of it is published anew.
    ///
    /// - Parameter key: the user, and a contact whom it told.
    public func publishAgain(_ key: WatchKey) {
        guard let id = publication(of: key) else { return }
        publications.all[id]?.contact = key.watcher
        changed(publication: id)
        schedule(publication: id)
    }

    /// The domain to which the presence of a user is published, where a contact would see it.
    ///
    /// - Parameter key: the user and the contact.
    /// - Returns: the contact's domain on this shore; nil when there is no publication.
    public func publishedDomain(of key: WatchKey) -> String? {
        publication(of: key).flatMap { publications.all[$0]?.name.domain }
    }

    private func publication(of key: WatchKey) -> UInt64? {
        guard !publications.all.isEmpty, let jid = try? BareJID(key.watcher) else { return nil }
        let domain = AddressTranslator.peerDomain(of: jid, host.generation.addresses)
        return publications.byName[Publications.Name(user: key.presentity, domain: domain)]
    }

    /// Whether the presence of users goes to a presence server of the domain.
    private func isPublished(_ domain: String) -> Bool { presenceModes.published.contains(domain) }

    /// Takes a publication back that the route does not want any more.
    private func withdraw(_ id: UInt64?) {
        guard let id else { return }
        if publications.change(id, { $0.withdraw() }) == true { changed(publication: id) }
    }

    /// A link to the other shore is up again: what its users said is asked for anew, a little at a time.
    ///
    /// - Parameters:
    ///   - domain: the domain that contacts have on that link.
    ///   - peer: the domain of the users; nil for all.
    public func linkUp(_ domain: String, peer: String? = nil) {
        var askAt = host.now.monotonic
        for (id, publication) in publications.all where Self.isOn(publication, domain, peer) {
            publications.all[id]?.doubt(until: askAt &+ Self.patience)
            publications.all[id]?.askAt = askAt
            askAt &+= Self.askPace
            schedule(publication: id)
        }
    }

    /// A link to the other shore is down: what its users said holds for a while.
    ///
    /// - Parameters:
    ///   - domain: the domain that contacts have on that link.
    ///   - peer: the domain of the users; nil for all.
    public func linkDown(_ domain: String, peer: String? = nil) {
        for (id, publication) in publications.all where Self.isOn(publication, domain, peer) {
            publications.all[id]?.doubt(until: host.now.monotonic &+ Self.patience)
            publications.all[id]?.askAt = nil
            schedule(publication: id)
        }
    }

    private static func isOn(_ publication: Publication, _ domain: String, _ peer: String?) -> Bool {
        guard (try? BareJID(publication.contact))?.domain == domain else { return false }
        return peer == nil || (try? BareJID(publication.name.user))?.domain == peer
    }

    // MARK: What the machine asks for

    private func changed(publication id: UInt64) {
        let now = host.now.monotonic
        let isGone = publications.all[id]?.parts.isEmpty == true
        let actions =
            isGone
            ? publications.all[id]?.machine.remove(now: now) : publications.all[id]?.machine.changed(now: now)
        run(actions ?? [], publication: id)
    }

    private func run(_ actions: [PublisherState.Action], publication id: UInt64) {
        for action in actions {
            guard let publication = publications.all[id] else { return }
            switch action {
            case .send(let publish): send(publish, id, publication)
            case .published: watchWatchers(of: id)
            case .failed(let status, let isFinal):
                logger.debug(
                    "a publication failed",
                    metadata: ["peer.domain": "\(publication.name.domain)", "status": "\(status)"]
                )
                if isFinal { record(account(of: publication), code: "publication-\(status)") }
            case .removed: if publication.parts.isEmpty { return drop(publication: id) }
            }
        }
        keep(publication: id)
        schedule(publication: id)
    }

    private func send(_ publish: PublisherState.Publish, _ id: UInt64, _ publication: Publication) {
        guard let route = settings.routes[publication.name.domain], let ends = ends(of: key(of: publication)) else {
            finished(publisher: id, publish.attempt, .transportError(wasSent: false))
            return
        }
        let body = publish.hasBody ? self.body(of: publication.parts, key(of: publication), as: "publish") : nil
        let uri = ends.user.uri.description
        let (tag, callID) = (host.freshToken(), freshCallID())
        var request = outgoing(.publish, from: uri, to: uri, tag: tag, callID: callID, 1, by: route)
        request.builder.add(SIPHeaderLine(.event, publication.machine.event.description))
        request.builder.add(SIPHeaderLine(.expires, String(publish.expires)))
        if let tag = publish.ifMatch { request.builder.add(.ifMatch, tag) }
        if let body {
            request.builder.add(SIPHeaderLine(.contentType, body.type))
            if let language = body.language { request.builder.add(SIPHeaderLine(.contentLanguage, language)) }
        }
        subscriptions.attempts[id] = publish.attempt
        send(request.builder.message(body: (body?.bytes ?? [])[...]), request, method: .publish, for: id)
    }

    /// A PUBLISH came to its end.
    func finished(publisher id: UInt64, _ attempt: UInt32, _ outcome: ClientOutcome) {
        run(
            publications.all[id]?.machine.finished(attempt, with: outcome, now: host.now.monotonic) ?? [],
            publication: id
        )
    }

    /// The time of a publication has come.
    func publisherTimer(_ id: UInt64) {
        let now = host.now.monotonic
        if let domain = publications.all[id]?.name.domain, !isPublished(domain) { withdraw(id) }
        if let askAt = publications.all[id]?.askAt, askAt <= now, let publication = publications.all[id] {
            publications.all[id]?.askAt = nil
            host.ask(key(of: publication))
        }
        if let watchAt = publications.all[id]?.watchAt, watchAt <= now {
            publications.all[id]?.watchAt = nil
            watchWatchers(of: id, isTurn: true)
        }
        if let silentAt = publications.all[id]?.silentAt, silentAt <= now {
            publications.all[id]?.silentAt = nil
            if publications.change(id, { $0.fallSilent() }) == true { changed(publication: id) }
        }
        run(publications.all[id]?.machine.timerFired(now: now) ?? [], publication: id)
    }

    func key(of publication: Publication) -> WatchKey {
        WatchKey(watcher: publication.contact, presentity: publication.name.user, target: .xmpp)
    }

    func account(of publication: Publication) -> Arrival.Account {
        var account = account(of: publication.name.user, to: publication.contact)
        account.recipient = publication.name.domain
        return account
    }

    func account(of user: String, to contact: String) -> Arrival.Account {
        let domain = (try? BareJID(user))?.domain ?? ""
        let voucher = host.voucher(of: domain, to: (try? BareJID(contact))?.domain ?? "")
        return Arrival.Account(
            leg: "xmpp",
            peer: voucher.peer,
            proof: voucher.proof,
            sender: user,
            recipient: contact,
            identifiers: []
        )
    }

    // MARK: The store

    private func schedule(publication id: UInt64) {
        guard let publication = publications.all[id] else { return }
        let own = [publication.askAt, publication.silentAt, publication.watchAt]
        let times = ([publication.machine.deadline] + own).compactMap { $0 }
        subscriptions.timers.set(id, to: times.min())
    }

    private func keep(publication id: UInt64) {
        guard let publication = publications.all[id] else { return }
        let now = host.now
        let date = UInt64(max(0, now.wall / 1_000))
        guard let machine = publication.machine.stored(now: now.monotonic, date: date) else {
            if publication.stored != .nothing { host.forget(usage: id) }
            publications.all[id]?.stored = .nothing
            return
        }
        let key = key(of: publication)
        let parts = WatchRecord(key: key, state: 0, request: nil, parts: publication.parts).bytes
        let state = StoredUsage.join(machine, parts)
        guard StoredMark(state) != publication.stored else { return }
        publications.all[id]?.stored = StoredMark(state)
        host.store(StoredUsage(id: id, kind: .publisher, key: key, expires: now.wall + 3_600_000, state: state))
    }

    /// Takes up a publication of an earlier process; what it says has to be confirmed.
    func restore(publication usage: StoredUsage) -> Bool {
        let now = host.now
        let date = UInt64(max(0, now.wall / 1_000))
        guard let (machine, parts) = StoredUsage.split(usage.state),
            let state = PublisherState(stored: machine, pace: settings.events.pace, now: now.monotonic, date: date),
            let record = WatchRecord(key: usage.key, state: 0, bytes: Array(parts)),
            let jid = try? BareJID(usage.key.watcher)
        else { return false }
        let domain = AddressTranslator.peerDomain(of: jid, host.generation.addresses)
        let name = Publications.Name(user: usage.key.presentity, domain: domain)
        // The bounds may have been higher before.
        guard publications.byName[name] == nil, publications.all.count < settings.publications else { return false }
        var publication = Publication(name: name, contact: usage.key.watcher, machine: state, parts: record.parts)
        publication.stored = StoredMark(usage.state)
        publication.silentAt = now.monotonic &+ Self.patience
        // Not before all of the earlier process is taken up, for its numbers must not be given again.
        publication.watchAt = turnOfWatchers()
        guard publications.bytes + publication.bytes <= settings.saidBytes else { return false }
        publications.insert(publication, usage.id)
        schedule(publication: usage.id)
        if record.parts.isEmpty { changed(publication: usage.id) }
        return true
    }

    private func drop(publication id: UInt64) {
        guard let publication = publications.remove(id) else { return }
        host.unpublished(publication.name.user, to: publication.name.domain)
        leaveWatchers(of: publication)
        subscriptions.timers.set(id, to: nil)
        subscriptions.attempts[id] = nil
        if publication.stored != .nothing { host.forget(usage: id) }
    }
}

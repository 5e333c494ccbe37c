import Addressing
import BridgeCore
import Interworking
import Logging
import MappingTables
import SIPMessages
import SIPTransactions

/// What subscriptions of both sides share: how requests leave, and how their answers find back.
extension SIMPLELeg {
    /// A request that is being written.
    struct OutgoingEvent {
        var builder: SIPRequestBuilder
        let branch: String
        let destination: RequestRecord.Destination
        /// The way to the domain that it is for.
        let route: SIMPLELegSettings.Route
    }

    /// The next request in a dialog that a neighbor made.
    func dialogRequest(_ method: SIPMethod, of entry: Subscriptions.Notified) -> OutgoingEvent? {
        let request = entry.dialog.nextRequest(method)
        let hop = subscriptions.hops.destination(of: request.nextHopBytes) { destination(request.nextHop) }
        return outgoing(request, to: hop, domain: entry.domain)
    }

    /// Begins a request outside a dialog, which goes to the next hop of a domain.
    ///
    /// Source: RFC 3261 §8.1.1.
    func outgoing(
        _ method: SIPMethod,
        from sender: String,
        to recipient: String,
        tag: String,
        callID: String,
        _ sequence: UInt32,
        by route: SIMPLELegSettings.Route
    ) -> OutgoingEvent {
        let transport = route.destination.transport
        let branch = freshBranch()
        var builder = SIPRequestBuilder(method, uri: recipient)
        builder.via(transport: transport.rawValue, sentBy: sentBy(transport, for: route), branch: branch)
        if let header = route.header { builder.add(header) }
        builder.address(.from, uri: sender, tag: tag)
        builder.address(.to, uri: recipient)
        builder.add(.callID, callID)
        builder.sequence(sequence)
        return OutgoingEvent(builder: builder, branch: branch, destination: route.destination, route: route)
    }

    /// Begins a request in a dialog that the leg made.
    func outgoing(_ request: DialogRequest, domain: String) -> OutgoingEvent? {
        outgoing(request, to: destination(request.nextHop), domain: domain)
    }

    /// Begins a request in a dialog.
    ///
    /// It goes where the dialog says when that is the address of a trusted neighbor, and otherwise to the next hop of
    /// the domain: a peer must not be able to make the gateway send anywhere.
    ///
    /// Source: RFC 3261 §12.2.1.1, §8.1.2.
    private func outgoing(
        _ request: DialogRequest,
        to trusted: RequestRecord.Destination?,
        domain: String
    ) -> OutgoingEvent? {
        guard let route = settings.routes[domain] else { return nil }
        let destination = trusted ?? route.destination
        let branch = freshBranch()
        var builder = request.begin(
            transport: destination.transport.rawValue,
            sentBy: sentBy(destination.transport, for: route),
            branch: branch
        )
        if !request.hasRoutes, destination == route.destination, let header = route.header { builder.add(header) }
        return OutgoingEvent(builder: builder, branch: branch, destination: destination, route: route)
    }

    /// The socket of a trusted neighbor that a URI names; nil for any other, and for a way that is not spoken here.
    private func destination(_ text: String) -> RequestRecord.Destination? {
        guard let uri = try? SIPURI(text), !uri.isSecure, !uri.parameter("maddr").isPresent else { return nil }
        let address: String
        switch uri.host {
        case .name: return nil
        case .ipv4(let number): address = number.description
        case .ipv6(let number, _): address = number.description
        }
        guard trusted.domains(of: address) != nil else { return nil }
        let transport: SIPFlow.Transport
        switch uri.parameter("transport").text?.lowercased() {
        case nil, "udp": transport = .udp
        case "tcp": transport = .tcp
        default: return nil
        }
        return RequestRecord.Destination(
            transport: transport,
            address: address,
            port: uri.port.map { Int($0) } ?? 5_060
        )
    }

    /// Sends a request, byte for byte; one that is too large for a datagram goes by TCP.
    ///
    /// Source: RFC 3261 §18.1.1.
    func send(_ wire: [UInt8], _ request: OutgoingEvent?, method: SIPMethod, for id: UInt64) {
        guard let request else { return }
        var wire = wire
        var destination = request.destination
        if wire.count > Self.largestDatagram, destination.transport == .udp,
            let rewritten = Self.rewritten(wire, transport: "TCP", sentBy: sentBy(.tcp, for: request.route))
        {
            wire = rewritten
            destination.transport = .tcp
        }
        do throws(TransactionRefusal) {
            let (key, actions) = try transactions.start(
                wire,
                branch: request.branch,
                method: method,
                to: destination.flow,
                now: host.now.monotonic
            )
            subscriptions.open[key] = id
            perform(actions)
        } catch {
            finished(event: id, .transportError(wasSent: false))
        }
    }

    /// A request of a subscription has its end.
    ///
    /// - Returns: whether it was one.
    func finished(event key: ClientTransactionKey, _ outcome: ClientOutcome) -> Bool {
        guard let id = subscriptions.open.removeValue(forKey: key) else { return false }
        finished(event: id, outcome)
        return true
    }

    private func finished(event id: UInt64, _ outcome: ClientOutcome) {
        if let attempt = subscriptions.attempts[id] {
            if publications.all[id] != nil {
                finished(publisher: id, attempt, outcome)
            } else if publications.watchers[id] != nil {
                finished(watchers: id, attempt, outcome)
            } else {
                finished(subscriber: id, attempt, outcome)
            }
        } else {
            if let entry = subscriptions.notified[id] { finished(entry, outcome) }
        }
    }

    /// When to come back for something that a document says of a date; at the latest after a day, for dates of documents
    /// may be further away than clocks reach.
    ///
    /// - Parameter date: in Unix milliseconds.
    /// - Returns: the time of the clock that only goes on.
    func deadline(for date: Int64) -> UInt64 {
        let now = host.now
        return now.monotonic &+ UInt64(min(max(0, date - now.wall), Self.furthest)) * 1_000_000
    }

    /// A day, in milliseconds.
    static let furthest: Int64 = 86_400_000

    /// Both users of a watch; nil when one has no address on this shore any more.
    func ends(of key: WatchKey) -> (user: Correspondent, contact: Correspondent, facts: Facts)? {
        let (ends, facts) = watch(key)
        return ends.map { ($0.user, $0.contact, facts) }
    }

    /// The same, with what documents about the user say of it.
    func watch(_ key: WatchKey) -> (ends: WatchEnds?, facts: Facts) {
        let isUserWatching = key.target == .cpim
        let (user, contact) = isUserWatching ? (key.watcher, key.presentity) : (key.presentity, key.watcher)
        let facts = host.facts(sender: user, recipient: contact, from: .xmpp)
        let translator = PresenceTranslator(generation: host.generation, memory: self.ends)
        return (translator.ends(user: user, contact: contact, facts: facts).value, facts)
    }

    /// Where the gateway is reached in a dialog.
    func contact(for domain: String) -> SIPHeaderLine {
        if let known = contacts[domain] { return known }
        guard let route = settings.routes[domain] else {
            return SIPHeaderLine(.contact, "<sip:\(settings.gatewayName)>")
        }
        let transport = route.destination.transport
        let parameter = transport == .tcp ? ";transport=tcp" : ""
        let contact = SIPHeaderLine(.contact, "<sip:\(sentBy(transport, for: route))\(parameter)>")
        contacts[domain] = contact
        return contact
    }

    /// Carries out what time alone decides of subscriptions.
    func advanceSubscriptions(now: UInt64) {
        while let id = subscriptions.timers.next(now: now) {
            if let entry = subscriptions.notified[id] {
                notifierTimer(entry)
            } else if subscriptions.subscribed[id] != nil {
                subscriberTimer(id)
            } else if publications.all[id] != nil {
                publisherTimer(id)
            } else if compositions.all[id] != nil {
                compositionTimer(id)
            } else if publications.watchers[id] != nil {
                watcherTimer(id)
            }
        }
    }

    /// How many subscriptions the leg holds: those that it made, and those of neighbors.
    public var subscriptionsHeld: (made: Int, taken: Int) {
        (subscriptions.subscribed.count + publications.watchers.count, subscriptions.notified.count)
    }

    /// Takes up a subscription of an earlier process.
    ///
    /// - Parameters:
    ///   - usage: as it was stored.
    ///   - delay: after how many milliseconds a subscription that the gateway made is renewed, and the watcher of one
    ///     that a neighbor made is told where it stands.
    /// - Returns: whether it goes on.
    public func restore(_ usage: StoredUsage, delay: Int64) -> Bool {
        subscriptions.reserve(usage.id)
        let now = host.now
        let date = UInt64(max(0, now.wall / 1_000))
        let due = now.monotonic &+ UInt64(max(0, delay)) * 1_000_000
        switch usage.kind {
        case .notifier:
            guard let (machine, dialog) = StoredUsage.split(usage.state),
                let state = NotifierState(
                    stored: machine,
                    limits: settings.events,
                    again: due,
                    now: now.monotonic,
                    date: date
                ),
                let dialog = SIPDialog(stored: dialog, ahead: 2 * Self.sequenceStep),
                let jid = try? BareJID(usage.key.watcher)
            else { return false }
            let domain = AddressTranslator.peerDomain(of: jid, host.generation.addresses)
            restore(usage, state, dialog, domain: domain)
            return true
        case .subscriber:
            guard
                let machine = SubscriberState(
                    stored: usage.state,
                    now: now.monotonic,
                    date: date,
                    refresh: due
                ), let dialog = machine.dialog, let jid = try? BareJID(usage.key.presentity)
            else { return false }
            let domain = AddressTranslator.peerDomain(of: jid, host.generation.addresses)
            // Whom the gateway is the presence server of is not subscribed to.
            guard !composedDomains.contains(domain) else { return false }
            restore(usage, machine, dialog, domain: domain)
            return true
        case .publisher: return restore(publication: usage)
        case .compositor: return restore(composition: usage)
        }
    }
}

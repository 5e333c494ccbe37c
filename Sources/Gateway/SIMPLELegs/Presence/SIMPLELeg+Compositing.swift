import Addressing
import BridgeCore
import DequeModule
import Digests
import Interworking
import MappingTables
import SIPMessages
import SIPTransactions

/// The gateway as presence server of users of this shore: PUBLISH comes in.
extension SIMPLELeg {
    /// What the tables of a generation say of the domains that a route leads to.
    struct PresenceModes {
        let generation: Generation
        /// Those whose users publish to the gateway.
        let composed: Set<String>
        /// Those with a presence server to which the gateway publishes.
        let published: Set<String>
    }

    /// The domains by the way that presence takes; found once for each generation.
    var presenceModes: PresenceModes {
        let generation = host.generation
        if let known = knownModes, known.generation === generation { return known }
        func domains(_ mode: String) -> Set<String> {
            Set(settings.routes.keys.filter { generation.route(peer: $0).switches.isSet(.presenceMode, mode) })
        }
        let modes = PresenceModes(
            generation: generation,
            composed: domains("compose"),
            published: domains("publish")
        )
        knownModes = modes
        return modes
    }

    /// The domains of this shore whose users publish to the gateway.
    ///
    /// Source: RFC 3903 §6.
    var composedDomains: Set<String> { presenceModes.composed }

    /// The checks that a request meets: PUBLISH is served where it is for somebody.
    func core(for method: SIPMethod) -> UserAgentServer {
        switch method {
        case .message, .subscribe, .notify: server
        default: composedDomains.isEmpty ? server : compositor
        }
    }

    /// Takes a PUBLISH that the server core lets pass.
    ///
    /// - Parameters:
    ///   - inbound: the request.
    ///   - domains: the domains that its sender may speak for.
    ///
    /// Source: RFC 3903 §6, §14.1.
    func acceptPublish(_ inbound: InboundRequest, from domains: [String]) {
        let published = Composition.Published(request: inbound, domains: domains)
        let translated = presentity(of: published)
        switch translated.outcome {
        case .nothing: respond(inbound, 404)
        case .refused(let refusal): refuse(inbound, refusal, trace: translated.trace, generation: host.generation)
        case .value(let contact):
            let id = compositions.byUser[contact.key] ?? open(contact)
            guard let composition = compositions.all[id], composition.asked != nil else {
                process(published, contact, id)
                settle(composition: id)
                return
            }
            // Those of one address are taken in the order that they came in, each when the one before is stored.
            let bytes = composition.waiting.reduce(inbound.request.body.count) { $0 + $1.request.request.body.count }
            if composition.waiting.count < settings.publicationsPerUser, bytes <= Self.largestWaiting {
                compositions.all[id]?.waiting.append(published)
            } else {
                refuse(publish: inbound, Self.noRoom)
            }
        }
    }

    /// Bytes of the documents of one user that wait for the store.
    static let largestWaiting = 256 << 10

    private func processNext(_ published: Composition.Published, _ id: UInt64) {
        let translated = presentity(of: published)
        let inbound = published.request
        switch translated.outcome {
        case .nothing: respond(inbound, 404)
        case .refused(let refusal): refuse(inbound, refusal, trace: translated.trace, generation: host.generation)
        case .value(let contact): process(published, contact, id)
        }
    }

    private func presentity(of published: Composition.Published) -> Translated<Correspondent> {
        let request = published.request.request
        return PresenceTranslator(generation: host.generation)
            .presentity(publishedBy: request, facts: facts(of: published))
    }

    private func facts(of published: Composition.Published) -> Facts {
        facts(of: published.request, from: published.domains)
    }

    private func open(_ contact: Correspondent) -> UInt64 {
        let id = subscriptions.freshID()
        let state = EventStateCompositor(
            seed: RandomBytes.generate(8).reduce(0) { $0 << 8 | UInt64($1) },
            capacity: settings.publicationsPerUser
        )
        compositions.all[id] = Composition(user: contact.key, domain: domain(of: contact.jid.bare), state: state)
        compositions.byUser[contact.key] = id
        return id
    }

    func domain(of user: BareJID) -> String { AddressTranslator.peerDomain(of: user, host.generation.addresses) }

    /// How many PUBLISH requests wait for the store.
    public var publishesOpen: Int { compositions.unanswered.count }

    // MARK: One PUBLISH after the other

    /// Looks at a PUBLISH; what it changes is stored before it counts.
    private func process(_ published: Composition.Published, _ contact: Correspondent, _ id: UInt64) {
        guard let composition = compositions.all[id] else { return }
        let inbound = published.request
        // What is stored now would not be answered any more.
        guard !host.isStopping else { return refuse(inbound, .stopping, generation: host.generation) }
        let facts = facts(of: published)
        var next = composition.state
        var checked: Translated<PublishedContent>?
        let actions = next.publish(
            inbound.request,
            limits: settings.events,
            mediaTypes: [Self.pidf],
            check: { request in
                checked = self.check(request, contact, facts)
                return checked?.refusal == nil ? nil : UserAgentServer.Answer(400)
            },
            origin: origin(of: inbound),
            now: host.now.monotonic,
            date: UInt64(max(0, host.now.wall / 1_000))
        )
        if let checked, let cause = checked.refusal {
            let code = checked.documentFault
            return refuse(inbound, cause, code: code, trace: checked.trace, generation: host.generation)
        }
        guard let answer = actions.answer else { return }
        guard answer.status < 300 else { return refuse(publish: inbound, answer) }
        // A copy of what is stored.
        guard next != composition.state else { return respond(inbound, answer.status, extra: answer.headers) }
        var content = checked?.value
        let locationEnd = retain(&content, in: &next, after: composition.state)
        let growth = (next.weight - composition.state.weight).growth
        guard hasRoom(for: growth, of: next, in: composition.domain) else {
            return refuse(publish: inbound, Self.noRoom)
        }
        var (trace, notes) = (RuleTrace.none, checked?.notes ?? [])
        if let content = checked?.value {
            // Whether it crosses is for the document alone; what all say together is found when somebody is told.
            let document = PublishedDocument(number: 0, body: body(of: inbound.request), content: content)
            let reading = PresenceTranslator(generation: host.generation)
                .reading(of: [document], about: contact, facts: facts)
            trace = reading.trace
            notes += reading.notes
            if let cause = reading.refusal {
                return refuse(inbound, cause, trace: reading.trace, generation: host.generation)
            }
        }
        host.keepAddress(of: contact)
        compositions.count(growth, in: composition.domain)
        compositions.all[id]?.asked = Composition.Asked(
            request: inbound,
            answer: answer,
            next: next,
            hasChanged: actions.contains(.changed),
            content: content,
            locationEnd: locationEnd,
            reserved: growth
        )
        // A row that holds nothing stands for what is removed until that is stored.
        if composition.isStored || !next.isEmpty { keep(composition: id, next) }
        host.recordPresence(
            inbound.request.publication,
            account(of: inbound),
            trace: trace,
            notes: notes,
            isSubscription: false
        )
        let token = nextAnswer
        nextAnswer += 1
        compositions.unanswered[token] = id
        host.whenStored(token)
    }

    /// What only copies of a PUBLISH share, also those that come after a restart since the answer was not heard; empty
    /// for one that cannot be compared.
    ///
    /// Source: RFC 3261 §8.2.2.2.
    private func origin(of inbound: InboundRequest) -> [UInt8] {
        let headers = inbound.request.headers
        guard let tag = (try? headers.from())?.tag else { return [] }
        var bytes: [UInt8] = []
        for part in [inbound.flow.remoteAddress, tag, headers.text(.callID) ?? "", headers.text(.cseq) ?? ""] {
            bytes.append(contentsOf: part.utf8)
            bytes.append(0)
        }
        return SHA256.hash(bytes + inbound.request.body).bytes
    }

    /// What a document says, or why it is not taken.
    private func check(
        _ request: SIPRequest,
        _ contact: Correspondent,
        _ facts: Facts
    ) -> Translated<PublishedContent> {
        guard request.body.count <= settings.publishedBytes else {
            return Translated(outcome: .refused(Interworking.Refusal(.oversize)), trace: .none)
        }
        compositions.documentsRead += 1
        return PresenceTranslator(generation: host.generation)
            .check(published: body(of: request), by: contact, facts: facts, depth: settings.publishedDepth)
    }

    private func body(of request: SIPRequest) -> PresenceBody {
        PresenceBody(
            type: request.headers.text(.contentType) ?? "",
            language: request.headers.text(.contentLanguage),
            bytes: Array(request.body)
        )
    }

    func hasRoom(for growth: Composition.Weight, of state: EventStateCompositor, in domain: String) -> Bool {
        let count = compositions.counts[domain, default: 0] + growth.publications
        if growth.publications > 0, count > settings.publicationsPerPeer { return false }
        let room = Compositions.Room(
            inAll: settings.publicationBytes,
            perPeer: settings.publicationBytesPerPeer,
            perUser: settings.publicationBytesPerUser
        )
        return compositions.hasRoom(forMore: growth.bytes, together: state.weight.bytes, in: domain, room)
    }

    private static let noRoom = UserAgentServer.Answer(503, headers: [SIPHeaderLine(.retryAfter, "60")])

    private func refuse(publish inbound: InboundRequest, _ answer: UserAgentServer.Answer) {
        let code =
            switch answer.status {
            case 412: "condition-failed"
            case 415: "unsupported-type"
            case 423: "interval-too-brief"
            case 503: "queue-full"
            default: "sip-\(answer.status)"
            }
        record(account(of: inbound), code: code)
        respond(inbound, answer.status, reason: answer.reason, extra: answer.headers)
    }

    /// What a PUBLISH changes is stored, or could not be.
    ///
    /// - Returns: whether the token was that of a PUBLISH.
    ///
    /// Source: RFC 3903 §6.
    func stored(publication token: UInt64, _ isStored: Bool) -> Bool {
        guard let id = compositions.unanswered.removeValue(forKey: token) else { return false }
        guard let composition = compositions.all[id], let asked = composition.asked else { return true }
        compositions.all[id]?.asked = nil
        if isStored {
            let difference = asked.next.weight - composition.state.weight
            compositions.count(difference - asked.reserved, in: composition.domain)
            if let content = asked.content, let last = asked.next.publications.last,
                !composition.state.publications.contains(where: { $0.tag == last.tag })
            {
                compositions.contents.keep(content, bytes: last.body.count, of: last.number, id)
                compositions.change(id, to: asked.next)
                compositions.all[id]?.endLocations(of: last.number, at: asked.locationEnd)
            } else {
                compositions.change(id, to: asked.next)
            }
            compositions.all[id]?.isStored = composition.isStored || !asked.next.isEmpty
            respond(asked.request, asked.answer.status, extra: asked.answer.headers)
            if asked.hasChanged {
                compositions.outdate(id)
                tellWhenDue(of: id)
            }
        } else {
            compositions.count(asked.reserved.negated, in: composition.domain)
            record(account(of: asked.request), code: "store")
            respond(asked.request, 500, extra: [SIPHeaderLine(.retryAfter, "10")])
        }
        while compositions.all[id]?.asked == nil, let published = compositions.all[id]?.waiting.popFirst() {
            processNext(published, id)
        }
        settle(composition: id)
        return true
    }
}

extension SIPRequest {
    /// What the record calls a PUBLISH.
    ///
    /// Source: RFC 3903 §4.1.
    fileprivate var publication: String {
        if headers.expires == 0 { return "publish-remove" }
        return body.isEmpty ? "publish-refresh" : "publish"
    }
}

extension [EventStateCompositor.Action] {
    /// The answer among them.
    fileprivate var answer: UserAgentServer.Answer? {
        for case .answer(let answer) in self { return answer }
        return nil
    }
}

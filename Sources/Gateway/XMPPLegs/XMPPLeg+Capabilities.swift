import Addressing
public import BridgeCore
import Digests
import Interworking
import Logging
import MappingTables
import XMLStreams
import XMPPStanzas

/// The features of users of the other shore, and those of the devices that see them.
extension XMPPLeg {
    /// How many routes are described before the descriptions are made anew.
    static let largestAnnounced = 1_000

    /// The beginning of the ids of questions for features.
    static let questionPrefix = "caps-"

    /// How the users of the other shore who share a route with this one describe themselves.
    func announced(of contact: BareJID) -> AnnouncedFeatures {
        let generation = host.generation
        if announced.generation != generation.identifier { announced = (generation.identifier, [:]) }
        let peer = AddressTranslator.peerDomain(of: contact, generation.addresses)
        if let known = announced.byPeer[peer] { return known }
        if announced.byPeer.count >= Self.largestAnnounced { announced.byPeer = [:] }
        let translator = PresenceTranslator(generation: generation)
        let features = AnnouncedFeatures(
            nodes: translator.nodes(for: contact),
            interests: translator.interests(of: contact)
                + MessageTranslator(generation: generation).signalFeatures(of: contact),
            node: settings.capabilitiesNode,
            tellsEvents: translator.tellsEvents(of: contact),
            takesCards: translator.takesCards(for: contact)
        )
        announced.byPeer[peer] = features
        return features
    }

    /// What an asker may know about a user of the other shore; nil for strangers and of users who are not there.
    ///
    /// A server asks for its users what stands behind an announcement; since all users announce the same, the answer
    /// says nothing about the one that it asks about.
    ///
    /// Source: XEP-0030 §8, XEP-0115 §8.4.
    func account(of contact: JID, for asker: JID, _ iq: IQStanza) -> IQResponder.Account? {
        guard contact.local != nil else { return nil }
        let description = announced(of: contact.bare).description
        guard asker.local != nil else {
            guard serves(asker.domain), let query = iq.payload,
                query.is("query", XMPPNamespace.discoInfo), query.attribute("node") != nil
            else { return nil }
            return IQResponder.Account(description: description)
        }
        guard
            let known = host.acquaintance(
                of: asker.bare.description,
                with: contact.bare.description,
                device: contact.resource,
                node: Self.node(askedIn: iq)
            )
        else { return nil }
        let events = known.items.map { PersonalEvent(node: $0.node, payload: $0.payload) }
        var account = IQResponder.Account(
            description: description,
            idleSeconds: known.idleSeconds,
            card: events.first { $0.node == PersonalEvent.card }?.card(of: contact.bare)
        )
        // Both nodes name the item by the picture: by the one that is told of, and by the one that is held.
        account.published = events.compactMap { event in
            let id = event.node == PersonalEvent.pictureData ? known.pictureID : event.pictureID
            return id.map { IQResponder.Published(node: event.node, id: $0, payload: event.payload) }
        }
        return account
    }

    /// The node whose item an asker wants, be it as a card; nil for other questions.
    ///
    /// Source: XEP-0054 §3.3, XEP-0060 §6.5.
    private static func node(askedIn iq: IQStanza) -> String? {
        guard iq.kind == .get, let payload = iq.payload else { return nil }
        if payload.is("vCard", XMPPNamespace.card) { return PersonalEvent.card }
        guard payload.is("pubsub", XMPPNamespace.pubsub) else { return nil }
        return payload.first("items", XMPPNamespace.pubsub)?.attribute("node")
    }

    // MARK: Devices of this shore

    /// How many kinds of devices are known by their features, how many were asked, and how many wait for an answer.
    public var interestsHeld: (versions: Int, questions: Int, waiting: Int) { interests.count }

    /// A device is there for a contact: what it wants to be told is found out.
    func learnInterests(of device: JID, _ presence: PresenceStanza, contact: BareJID) {
        guard device.resource != nil else { return }
        interests.nodes = host.generation.eventNodes
        perform(
            interests.announced(
                CapabilitiesElement(in: presence.element),
                by: device.description,
                to: contact.description,
                now: now.wall,
                freshID: freshQuestionID
            )
        )
    }

    /// A user begins to see a contact who sees the user already.
    ///
    /// What its devices want to be told came with their presence, before there was anything to tell; they say it again.
    ///
    /// - Parameter key: the user of this shore as watcher of the contact.
    ///
    /// Source: XEP-0163 §4.3.2.
    public func learnInterests(of key: WatchKey) {
        guard let contact = try? BareJID(key.presentity), announced(of: contact).tellsEvents else { return }
        probe(key.reversed)
    }

    /// Takes an answer to a question to a device, to a server, or for a card.
    func receivedAnswer(_ iq: IQStanza, from device: JID, on link: any XMPPLink) {
        guard let id = iq.id else { return }
        if id.hasPrefix(Self.cardPrefix) { return receivedCard(iq, id, of: device, on: link) }
        if id.hasPrefix(Self.serverPrefix) { return receivedServer(iq, id, of: device) }
        guard id.hasPrefix(Self.questionPrefix) else { return }
        let information = iq.kind == .result ? iq.payload.flatMap { ServiceInformation($0) } : nil
        interests.nodes = host.generation.eventNodes
        perform(
            interests.answered(
                id,
                by: device.description,
                information,
                now: now.wall,
                freshID: freshQuestionID,
                hash: SHA1.base64
            )
        )
    }

    /// Devices that have not answered in time are left alone.
    func advanceInterests() {
        guard let deadline = interests.deadline, deadline <= now.wall else { return }
        perform(interests.advance(now: now.wall, freshID: freshQuestionID))
    }

    /// The link of a component is lost, and with it the answers to what was asked over it.
    func forgetQuestions(over domain: String) {
        cards.linkLost(domain)
        addressing.linkLost(domain)
        perform(interests.linkLost(domain, now: now.wall, freshID: freshQuestionID))
    }

    private func freshQuestionID() -> String { Self.questionPrefix + host.freshToken() }

    private func perform(_ actions: [InterestBook.Action]) {
        for action in actions {
            switch action {
            case .ask(let id, let device, let contact, let node):
                guard let jid = try? BareJID(contact), let link = links[jid.domain], let peer = try? JID(device) else {
                    continue
                }
                link.write(
                    CapabilitiesElement.query(
                        to: device,
                        from: contact,
                        id: id,
                        node: node,
                        content: XMPPNamespace.component
                    ),
                    to: peer.domain
                )
            case .learned(let device, let contact, let nodes):
                guard let jid = try? JID(device), let resource = jid.resource else { continue }
                let key = WatchKey(watcher: jid.bare.description, presentity: contact, target: .cpim)
                host.interested(key, device: resource, in: nodes)
            }
        }
    }
}

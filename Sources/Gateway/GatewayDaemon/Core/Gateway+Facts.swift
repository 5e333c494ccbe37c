import Addressing
import BridgeCore
import Digests
import Interworking
import Ledger
import Logging
import MappingTables
import OperatorFiles

/// What the legs may know when they translate.
extension Gateway {
    /// The tables in force.
    var generation: Generation { generations.current }

    /// The snapshot for an item between two users.
    ///
    /// - Parameters:
    ///   - sender: the bare address of the sender as its shore writes it.
    ///   - recipient: the bare address of the recipient as that shore writes it.
    ///   - shore: where the item comes from.
    /// - Returns: what the translators may know.
    func facts(sender: String, recipient: String, from shore: Shore) -> Facts {
        var facts = constantFacts
        facts.now = now.wall
        switch shore {
        case .xmpp: addFactsOfStanza(sender, recipient, &facts)
        case .cpim: addFactsOfRequest(sender, recipient, &facts)
        }
        return facts
    }

    private func addFactsOfStanza(_ sender: String, _ recipient: String, _ facts: inout Facts) {
        facts.threads = correspondents.threads(sender, recipient)
        if let entry = peers.entry(recipient, now: facts.now) {
            facts.peer.readsCPIM = entry.readsCPIM
            facts.peer.cpimURIShape = entry.shape
        }
        guard let jid = try? BareJID(recipient) else { return }
        if let instance = correspondents.instances[recipient] { facts.gruus[jid] = instance }
        if let pair = addresses.pair(jid: jid) { facts.pairs.append(pair) }
        if let own = try? BareJID(sender), let pair = addresses.pair(jid: own) { facts.pairs.append(pair) }
        let domain = AddressTranslator.peerDomain(of: jid, generation.addresses)
        if let hop = nextHops[domain] {
            facts.peer.isCongestionSafe = hop.isCongestionSafe
            facts.peer.requestLimit = hop.largestMessage
        }
    }

    private func addFactsOfRequest(_ sender: String, _ recipient: String, _ facts: inout Facts) {
        let table = generation.addresses
        let from = try? AddressURI(sender)
        let to = try? AddressURI(recipient)
        let domain =
            sender.utf8.lastIndex(of: UInt8(ascii: "@")).map { String(sender[sender.utf8.index(after: $0)...]) } ?? ""
        let route = generation.route(peer: domain)
        let needsResource = route.switches.isSet(.toResource, "known")
        facts.peer.stanzaLimit = stanzaLimit
        let translator = AddressTranslator(table: table, switches: route.switches)
        var keys: [String] = []
        for (uri, role) in [(from, AddressRole.sender), (to, AddressRole.recipient)] {
            guard let uri else { continue }
            if let pair = addresses.pair(uri: uri) { facts.pairs.append(pair) }
            guard let jid = try? translator.jid(for: uri, role: role, facts: constantFacts).jid.bare else { continue }
            // Whoever owns the JID that the rules give is known too, so that a collision is seen.
            if let owner = addresses.pair(jid: jid), !facts.pairs.contains(owner) { facts.pairs.append(owner) }
            keys.append(jid.description)
            if needsResource, role == .recipient, let resource = correspondents.resources[jid.description] {
                facts.resources[jid] = resource
            }
        }
        if keys.count == 2 { facts.threads = correspondents.threads(keys[0], keys[1]) }
    }

    /// A correspondent of the CPIM shore has shown what it reads.
    ///
    /// - Parameters:
    ///   - address: the JID form of the correspondent.
    ///   - readsCPIM: whether it reads message/cpim.
    ///   - shape: the URIs that it writes there; nil when none was seen.
    func learned(_ address: String, readsCPIM: Bool, shape: CPIMURIShape?) {
        let now = now.wall
        guard let news = peers.learn(address, readsCPIM: readsCPIM, shape: shape, now: now) else { return }
        operations.append(.capability(news))
        scheduleFlush()
    }

    /// Keeps that a thread has a Call-ID that is not its own text.
    ///
    /// - Parameters:
    ///   - thread: the pair.
    ///   - sender: the JID form of one of the two users.
    ///   - recipient: that of the other.
    func rememberThread(_ thread: ThreadPair, _ sender: String, _ recipient: String) {
        guard !correspondents.threads(sender, recipient).contains(thread) else { return }
        correspondents.insert(thread, sender, recipient)
        operations.append(
            .thread(
                ConversationThread(
                    key: Correspondents.pair(sender, recipient) + "\n" + thread.callID,
                    callID: thread.callID,
                    tag: "",
                    cseq: 0,
                    thread: thread.thread,
                    expires: now.wall + Self.threadLifetime
                )
            )
        )
        scheduleFlush()
    }

    /// How long a thread that is not its own Call-ID is remembered, in milliseconds.
    private static let threadLifetime: Int64 = 30 * 24 * 3_600_000

    /// Keeps the address of a user whom the rules alone do not lead back to.
    ///
    /// The store may refuse it, so that it goes by itself.
    func learn(_ pair: Interworking.AddressPair, rule: String) {
        guard addresses.pair(jid: pair.jid) == nil else { return }
        let now = now.wall
        let stored = Ledger.AddressPair(
            jid: pair.jid.description,
            uri: pair.uri.description,
            uriKey: AddressIndex.key(pair.uri),
            kind: .learned,
            rule: rule,
            firstSeen: now,
            lastUsed: now
        )
        addresses.insert(stored)
        do throws(LedgerError) { try writer.submit([.learn(stored)]) { _ in } } catch {
            logger.warning("an address was not stored", metadata: ["error.code": "\(error.code)"])
        }
    }

    /// The tables that an item was accepted under.
    func tables(of id: CrossingID) -> Generation {
        bridge.item(id).map { generations[$0.offer.generation] } ?? generation
    }

    /// Keeps how far sequence numbers may run ahead of the clock, in the commit of the item that needs it.
    func reserve(sequenceLead: UInt32) {
        operations.append(.meta(key: Recovery.sequenceLead, value: String(sequenceLead)))
        scheduleFlush()
    }

    /// Both clocks.
    var now: Moment { clock.read() }

    /// Text that is the same for the same texts and cannot be guessed from them: 64 bits in hexadecimal.
    func token(for texts: [String]) -> String {
        Hexadecimal.encode(Fingerprint.bytes(secrets.fingerprint("token", texts)))
    }

    /// Random text for branches, tags, ids and Call-IDs: 128 bits.
    func freshToken() -> String { RandomToken.text(bits: 128) }
}

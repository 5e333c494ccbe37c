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
        case .xmpp: addFactsOfStanza(sender, recipient, try? BareJID(sender), try? BareJID(recipient), &facts)
        case .cpim: addFactsOfRequest(sender, recipient, &facts)
        }
        return facts
    }

    /// The snapshot for an item from the XMPP shore, whose addresses were read.
    func facts(from sender: BareJID, to recipient: BareJID) -> Facts {
        var facts = constantFacts
        facts.now = now.wall
        addFactsOfStanza(sender.description, recipient.description, sender, recipient, &facts)
        return facts
    }

    private func addFactsOfStanza(
        _ sender: String,
        _ recipient: String,
        _ own: @autoclosure () -> BareJID?,
        _ contact: @autoclosure () -> BareJID?,
        _ facts: inout Facts
    ) {
        facts.threads = correspondents.threads(sender, recipient)
        if let entry = peers.entry(recipient, now: facts.now) {
            facts.peer.readsCPIM = entry.readsCPIM
            facts.peer.cpimURIShape = entry.shape
        }
        facts.peer.accepts = peers.accepts(of: recipient, now: facts.now)
        if let name = correspondents.names[sender], let own = own() { facts.formalNames[own] = name }
        guard let jid = contact() else { return }
        if let instance = correspondents.instances[recipient] { facts.gruus[jid] = instance }
        if let pair = addresses.pair(jid: jid) { facts.pairs.append(pair) }
        if !addresses.isEmpty, let own = own(), let pair = addresses.pair(jid: own) {
            facts.pairs.append(pair)
        }
        let domain = AddressTranslator.peerDomain(of: jid, generation.addresses)
        if let hop = nextHops[domain] {
            facts.peer.isCongestionSafe = hop.isCongestionSafe
            facts.peer.requestLimit = hop.largestMessage
        }
    }

    private func addFactsOfRequest(_ sender: String, _ recipient: String, _ facts: inout Facts) {
        facts.peer.stanzaLimit = stanzaLimit
        let ends = requestEnds(sender, recipient)
        add(ends.sender, &facts)
        add(ends.recipient, &facts)
        if let key = ends.recipient.key, ends.needsResource, let resource = correspondents.resources[key] {
            ends.recipient.jid.map { facts.resources[$0] = resource }
        }
        if let key = ends.recipient.key, let jid = ends.recipient.jid, composing.usesChatStates(key) {
            facts.receipts.chatStates.insert(jid)
        }
        if let one = ends.sender.key, let other = ends.recipient.key {
            facts.threads = correspondents.threads(one, other)
            if ends.needsType, correspondents.areInChat(one, other) { facts.isChat = true }
        }
    }

    private func add(_ end: RequestEnds.End, _ facts: inout Facts) {
        if let uri = end.uri, let pair = addresses.pair(uri: uri) { facts.pairs.append(pair) }
        // Whoever owns the JID that the rules give is known too, so that a collision is seen.
        if let jid = end.jid, let owner = addresses.pair(jid: jid), !facts.pairs.contains(owner) {
            facts.pairs.append(owner)
        }
        if let rival = end.rival, let key = end.key, addresses.isDerived(key) { facts.pairs.append(rival) }
    }

    /// What the tables in force say of two addresses; it stays the same as long as they do.
    private func requestEnds(_ sender: String, _ recipient: String) -> RequestEnds {
        let spelling = RequestEnds.Spelling(sender: sender, recipient: recipient)
        if let known = knownEnds[spelling] { return known }
        let ends = RequestEnds(spelling, generation, constantFacts)
        knownEnds[spelling] = ends
        return ends
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

    /// A correspondent of the CPIM shore has named the media types that it reads.
    ///
    /// - Parameters:
    ///   - address: the JID form of the correspondent.
    ///   - accepts: types and ranges in lower case; empty when what it named before holds no more.
    func learned(_ address: String, accepts: [String]) {
        guard let news = peers.learn(address, accepts: accepts, now: now.wall) else { return }
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
                    key: Conversation(sender, recipient).text + "\n" + thread.callID,
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
    /// The store may refuse it, so that it goes by itself. Beyond the bound of its domain nothing is kept: the user's
    /// messages cross, and what is written back goes to the address that the rules give.
    func learn(_ pair: Interworking.AddressPair) {
        guard addresses.pair(jid: pair.jid) == nil else { return used(pair.jid.description) }
        keep(pair.jid.description, pair.uri, .learned)
    }

    /// Keeps what is to be kept of the address of a user of the CPIM shore who was heard from.
    ///
    /// Where the rules lead back to the user, that is who it was: another one who differs in spelling alone has no claim
    /// to the JID from now on. Beyond the bound of the domain the first who is learned gets it.
    ///
    /// Source: RFC 8265 §3.3.
    func keepAddress(of user: Correspondent) {
        if let pair = user.pair { return learn(pair) }
        guard !addresses.isDerived(user.key), addresses.isEmpty || addresses.pair(jid: user.jid.bare) == nil else {
            return used(user.key)
        }
        keep(user.key, .sip(user.uri), .derived)
    }

    /// A user whose address is kept wrote, or was written to; the store hears of it once an hour.
    func used(_ jid: String) {
        let now = now.wall
        guard addresses.isUseNews(jid, now: now) else { return }
        operations.append(.touch(jid: jid, at: now))
        scheduleFlush()
    }

    /// The name of the row of the address table that gives a user's JID; the table's where no row does.
    private func rule(of uri: AddressURI) -> String {
        let domain =
            switch uri {
            case .sip(let uri): uri.userDomain
            case .im(let uri): uri.domain
            default: ""
            }
        let switches = generation.route(peer: domain).switches
        let translator = AddressTranslator(table: generation.addresses, switches: switches)
        let row = (try? translator.jid(for: uri, role: .sender, facts: constantFacts))?.row
        return row.map { generation.name(of: $0) } ?? "address"
    }

    private func keep(_ jid: String, _ uri: AddressURI, _ kind: AddressKind) {
        guard addresses.count(of: kind, besides: uri) < configuration.limits.learnedAddresses else {
            guard addresses.isFirstLeftOut(uri) else { return }
            return logger.warning(
                "an address was not learned, for its domain has as many as limits: learned-addresses allows",
                metadata: ["uri": "\(uri)", "kind": "\(kind.name)"]
            )
        }
        let now = now.wall
        let stored = Ledger.AddressPair(
            jid: jid,
            uri: uri.description,
            uriKey: AddressIndex.key(uri),
            kind: kind,
            rule: rule(of: uri),
            firstSeen: now,
            lastUsed: now
        )
        addresses.insert(stored)
        // The store hears of this use with the pair.
        _ = addresses.isUseNews(jid, now: now)
        do throws(LedgerError) { try writer.submit([.learn(stored)]) { _ in } } catch {
            logger.warning("an address was not stored", metadata: error.logged)
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

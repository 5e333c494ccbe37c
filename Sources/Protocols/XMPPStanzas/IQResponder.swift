import XMLStreams

/// Answers what is asked of a gateway's domain and of the users it shows there.
///
/// A user is told apart from the domain by the `@` of the address. What is said about a user depends on whether the
/// caller gives a description for this asker; without one, known and unknown users look the same.
public struct IQResponder: Sendable {
    /// What a user has published on a node.
    ///
    /// Source: XEP-0060 §6.5.
    public struct Published: Sendable, Equatable {
        /// The node.
        public var node: String
        /// The name of the item.
        public var id: String
        /// Its payload, a whole element.
        public var payload: [UInt8]

        /// Makes an item.
        ///
        /// - Parameters:
        ///   - node: the node.
        ///   - id: the name of the item.
        ///   - payload: its payload, a whole element.
        public init(node: String, id: String, payload: [UInt8]) {
            self.node = node
            self.id = id
            self.payload = payload
        }
    }

    /// What one asker may know about one user.
    public struct Account: Sendable, Equatable {
        /// How the user, or the resource that was addressed, describes itself.
        public var description: ServiceDescription
        /// Seconds since the user was last active; nil when that is not known.
        public var idleSeconds: Int64?
        /// The user's card, a whole element; nil when nothing is known of the user.
        public var card: [UInt8]?
        /// What can be asked for by its node, one item of each.
        public var published: [Published] = []

        /// Makes an account's description.
        ///
        /// - Parameters:
        ///   - description: how the user, or the resource that was addressed, describes itself.
        ///   - idleSeconds: seconds since the user was last active; nil when that is not known, or not told.
        ///   - card: the user's card.
        public init(description: ServiceDescription, idleSeconds: Int64? = nil, card: [UInt8]? = nil) {
            self.description = description
            self.idleSeconds = idleSeconds
            self.card = card
        }
    }

    /// How the domain describes itself.
    public var domain: ServiceDescription
    /// Whether whoever asks is told the address that a user of the other network has here.
    public var mapsContacts: Bool

    /// Makes a responder.
    ///
    /// - Parameters:
    ///   - domain: how the domain describes itself.
    ///   - mapsContacts: whether whoever asks is told the address that a user of the other network has here.
    public init(domain: ServiceDescription, mapsContacts: Bool = false) {
        self.domain = domain
        self.mapsContacts = mapsContacts
    }

    /// The features the domain is announced with: the description's, and one for each query that is answered.
    public var domainFeatures: [String] {
        var features = [
            XMPPNamespace.discoInfo, XMPPNamespace.discoItems, XMPPNamespace.lastActivity, XMPPNamespace.ping,
            XMPPNamespace.time,
        ]
        if domain.software != nil { features.append(XMPPNamespace.version) }
        if mapsContacts { features.append(XMPPNamespace.gateway) }
        return features + domain.features.filter { !features.contains($0) }
    }

    /// The features a user is announced with: the description's, and one for each query that is answered.
    ///
    /// They are the same whatever is known of the user, so that a hash of them is.
    ///
    /// - Parameter description: how the user describes itself.
    /// - Returns: the features in the order in which they are told.
    public static func features(of description: ServiceDescription) -> [String] {
        let own = [
            XMPPNamespace.discoInfo, XMPPNamespace.discoItems, XMPPNamespace.ping, XMPPNamespace.lastActivity,
            XMPPNamespace.card,
        ]
        return own + description.features.filter { !own.contains($0) }
    }

    /// Answers an IQ.
    ///
    /// - Parameters:
    ///   - iq: the IQ, addressed to the domain or to a user of it.
    ///   - account: what the asker may know about the user addressed; nil for strangers and unknown users.
    ///   - now: the wall clock, in milliseconds since 1970-01-01T00:00:00Z.
    ///   - uptime: how long the gateway has run, in seconds.
    ///   - contact: the address here of a user of the other network, whose address there is given; nil when it has none.
    /// - Returns: the answer in the content namespace of the IQ; nil for results and errors, which get none.
    ///
    /// Source: RFC 6120 §8.2.3, §8.4, RFC 6121 §8.5.
    public func answer(
        _ iq: IQStanza,
        account: Account? = nil,
        now: Int64,
        uptime: Int64,
        contact: (String) -> String? = { _ in nil }
    ) -> [UInt8]? {
        if let fault = iq.fault() { return fault.reply(to: iq.element) }
        guard iq.isRequest, let payload = iq.payload else { return nil }
        let isGet = iq.kind == .get
        let outcome =
            isForUser(iq)
            ? userOutcome(payload, isGet: isGet, account: account)
            : contactOutcome(payload, isGet: isGet, contact)
                ?? domainOutcome(payload, isGet: isGet, now: now, uptime: uptime)
        switch outcome {
        case .refuse(let error):
            return error.reply(to: iq.element)
        case .answer(.card(let card)):
            var writer = XML.Writer(inherited: iq.contentNamespace)
            writer.startReply(.iq, to: iq.element, type: "result")
            writer.closeHeader()
            return writer.bytes + card + Array("</iq>".utf8)
        case .answer(.published(let item)):
            var writer = XML.Writer(inherited: iq.contentNamespace)
            writer.startReply(.iq, to: iq.element, type: "result")
            writer.start("pubsub", XMPPNamespace.pubsub)
            writer.start("items", nil, ["node": item.node])
            writer.start("item", nil, ["id": item.id])
            writer.closeHeader()
            return writer.bytes + item.payload + Array("</item></items></pubsub></iq>".utf8)
        case .answer(let content):
            var writer = XML.Writer(inherited: iq.contentNamespace)
            writer.startReply(.iq, to: iq.element, type: "result")
            write(content, to: &writer)
            writer.end()
            return writer.bytes
        }
    }

    // MARK: Deciding

    private enum Outcome {
        case refuse(StanzaError)
        case answer(Content)

        /// The answer to what is not offered, and to whoever may not know.
        ///
        /// Source: RFC 6120 §8.4, RFC 6121 §8.5.
        static let unavailable = Outcome.refuse(StanzaError(.serviceUnavailable))
    }

    private enum Content {
        case empty
        case info(ServiceDescription, features: [String], node: String?)
        case items([ServiceDescription.Item], node: String?)
        case version(SoftwareVersion)
        case time(Int64)
        case lastActivity(Int64)
        case card([UInt8])
        case published(Published)
        case prompt
        case contact(String)
    }

    private func isForUser(_ iq: IQStanza) -> Bool {
        for byte in iq.element.attributeBytes("to") ?? [] {
            if byte == 0x40 { return true }
            if byte == 0x2F { return false }
        }
        return false
    }

    /// What to ask a user for, and the address of whom the user names; nil for other payloads.
    ///
    /// Source: XEP-0100 §6.3.
    private func contactOutcome(_ payload: XML.Element, isGet: Bool, _ contact: (String) -> String?) -> Outcome? {
        guard mapsContacts, payload.is("query", XMPPNamespace.gateway) else { return nil }
        if isGet { return .answer(.prompt) }
        guard let prompt = payload.first("prompt", XMPPNamespace.gateway) else {
            return .refuse(StanzaError(.badRequest))
        }
        return contact(prompt.text).map { .answer(.contact($0)) } ?? .refuse(StanzaError(.itemNotFound))
    }

    private func domainOutcome(_ payload: XML.Element, isGet: Bool, now: Int64, uptime: Int64) -> Outcome {
        // Registration is known, and off.
        if payload.is("query", XMPPNamespace.register) { return .refuse(StanzaError(.notAllowed)) }
        guard isGet else {
            // There are no commands for anybody, which is what a stranger would see if there were some for others.
            return payload.is("command", XMPPNamespace.commands) ? .refuse(StanzaError(.forbidden)) : .unavailable
        }
        if payload.is("ping", XMPPNamespace.ping) { return .answer(.empty) }
        if payload.is("query", XMPPNamespace.discoInfo) {
            return info(domain, features: domainFeatures, node: payload.attribute("node"))
        }
        if payload.is("query", XMPPNamespace.discoItems) {
            let node = payload.attribute("node")
            if node == XMPPNamespace.commands { return .answer(.items([], node: node)) }
            return node == nil ? .answer(.items(domain.items, node: nil)) : .refuse(StanzaError(.itemNotFound))
        }
        if payload.is("time", XMPPNamespace.time) { return .answer(.time(now)) }
        if payload.is("query", XMPPNamespace.lastActivity) { return .answer(.lastActivity(uptime)) }
        if payload.is("query", XMPPNamespace.version), let software = domain.software {
            return .answer(.version(software))
        }
        return .unavailable
    }

    private func userOutcome(_ payload: XML.Element, isGet: Bool, account: Account?) -> Outcome {
        guard isGet else { return .unavailable }
        if payload.is("query", XMPPNamespace.lastActivity) {
            guard let idle = account?.idleSeconds else { return .refuse(StanzaError(.forbidden)) }
            return .answer(.lastActivity(idle))
        }
        if payload.is("query", XMPPNamespace.discoItems) {
            // Empty for everybody: an error would tell strangers from others.
            return .answer(.items(account?.description.items ?? [], node: payload.attribute("node")))
        }
        guard let account else { return .unavailable }
        if payload.is("ping", XMPPNamespace.ping) { return .answer(.empty) }
        if payload.is("query", XMPPNamespace.discoInfo) {
            let features = Self.features(of: account.description)
            return info(account.description, features: features, node: payload.attribute("node"))
        }
        // XEP-0054 §3: a card that is not there is not found.
        if payload.is("vCard", XMPPNamespace.card) {
            return account.card.map { .answer(.card($0)) } ?? .refuse(StanzaError(.itemNotFound))
        }
        if payload.is("pubsub", XMPPNamespace.pubsub), let items = payload.first("items", XMPPNamespace.pubsub),
            let item = account.published.first(where: { $0.node == items.attribute("node") })
        {
            let id = items.first("item", XMPPNamespace.pubsub)?.attribute("id")
            return id == nil || id == item.id ? .answer(.published(item)) : .refuse(StanzaError(.itemNotFound))
        }
        return .unavailable
    }

    /// Source: XEP-0030 §3.2, XEP-0115 §6.2.
    private func info(_ description: ServiceDescription, features: [String], node: String?) -> Outcome {
        if let node {
            guard let announced = description.capabilities, node == "\(announced.node)#\(announced.version)" else {
                return .refuse(StanzaError(.itemNotFound))
            }
        }
        return .answer(.info(description, features: features, node: node))
    }

    // MARK: Writing

    private func write(_ content: Content, to writer: inout XML.Writer) {
        switch content {
        case .empty, .card, .published:
            return
        case .info(let description, let features, let node):
            description.writeInfo(features: features, node: node, to: &writer)
        case .items(let items, let node):
            writer.start("query", XMPPNamespace.discoItems, ["node": node])
            for item in items {
                writer.element("item", nil, ["jid": item.address, "node": item.node, "name": item.name])
            }
            writer.end()
        case .version(let software):
            writer.start("query", XMPPNamespace.version)
            writer.element("name", nil, text: software.name)
            writer.element("version", nil, text: software.version)
            if let system = software.system { writer.element("os", nil, text: system) }
            writer.end()
        case .time(let now):
            writer.start("time", XMPPNamespace.time)
            writer.element("tzo", nil, text: "+00:00")
            writer.element("utc", nil, text: EntityTime.utc(now))
            writer.end()
        case .lastActivity(let seconds):
            writer.element("query", XMPPNamespace.lastActivity, ["seconds": String(max(seconds, 0))])
        case .prompt:
            writer.start("query", XMPPNamespace.gateway)
            // XEP-0100 §6.3: the words are in the asker's language; there are those of one, and they say which.
            let english: KeyValuePairs<String, String?> = ["xml:lang": "en"]
            let wish = "Please enter the SIP address of the person you would like to contact."
            writer.element("desc", nil, english, text: wish)
            writer.element("prompt", nil, english, text: "SIP Address")
            writer.end()
        case .contact(let address):
            writer.start("query", XMPPNamespace.gateway)
            writer.element("jid", nil, text: address)
            writer.end()
        }
    }
}

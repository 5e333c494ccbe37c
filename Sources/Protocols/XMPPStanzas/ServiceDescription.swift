/// How an entity describes itself to service discovery.
///
/// Source: XEP-0030 §3, §4.
public struct ServiceDescription: Sendable, Equatable {
    /// What kind of entity it is.
    ///
    /// Source: XEP-0030 §3.1.
    public struct Identity: Sendable, Hashable {
        /// The category, such as `gateway`.
        public var category: String
        /// The type within the category, such as `simple`.
        public var type: String
        /// A name for people.
        public var name: String?
        /// The language tag of the name.
        public var language: String?

        /// Makes an identity.
        ///
        /// - Parameters:
        ///   - category: the category.
        ///   - type: the type within the category.
        ///   - name: a name for people.
        ///   - language: the language tag of the name.
        public init(category: String, type: String, name: String? = nil, language: String? = nil) {
            self.category = category
            self.type = type
            self.name = name
            self.language = language
        }
    }

    /// Something the entity offers under another address or node.
    ///
    /// Source: XEP-0030 §4.1.
    public struct Item: Sendable, Equatable {
        /// The address.
        public var address: String
        /// The node; nil for none.
        public var node: String?
        /// A name for people.
        public var name: String?

        /// Makes an item.
        ///
        /// - Parameters:
        ///   - address: the address.
        ///   - node: the node; nil for none.
        ///   - name: a name for people.
        public init(address: String, node: String? = nil, name: String? = nil) {
            self.address = address
            self.node = node
            self.name = name
        }
    }

    /// The kinds of contact address that operators publish.
    ///
    /// Source: XEP-0157 §3.
    public enum Contact: String, Sendable, CaseIterable {
        /// For reports of abuse.
        case abuse = "abuse-addresses"
        /// For administrators.
        case admin = "admin-addresses"
        /// For reports about security.
        case security = "security-addresses"
        /// For help.
        case support = "support-addresses"
    }

    /// What kinds of entity it is.
    public var identities: [Identity]
    /// The features, without those that ``IQResponder`` adds for what it answers itself.
    public var features: [String]
    /// What it offers besides.
    public var items: [Item]
    /// The software; nil when version queries are not answered.
    public var software: SoftwareVersion?
    /// Contact addresses as URIs, by kind.
    public var contacts: [Contact: [String]]
    /// The entity capabilities node and verification string that presence announces; nil when it announces none.
    ///
    /// Source: XEP-0115 §4.
    public var capabilities: Capabilities?

    /// Makes a description.
    ///
    /// - Parameters:
    ///   - identities: what kinds of entity it is.
    ///   - features: the features, without those that ``IQResponder`` adds.
    ///   - items: what it offers besides.
    ///   - software: the software; nil when version queries are not answered.
    ///   - contacts: contact addresses as URIs, by kind.
    ///   - capabilities: what presence announces.
    public init(
        identities: [Identity],
        features: [String] = [],
        items: [Item] = [],
        software: SoftwareVersion? = nil,
        contacts: [Contact: [String]] = [:],
        capabilities: Capabilities? = nil
    ) {
        self.identities = identities
        self.features = features
        self.items = items
        self.software = software
        self.contacts = contacts
        self.capabilities = capabilities
    }

    /// A gateway to SIP for instant messaging and presence.
    ///
    /// - Parameters:
    ///   - name: a name for people.
    ///   - software: the software.
    /// - Returns: identities `gateway/simple` and `gateway/sip`, and the announcement of escaped addresses.
    ///
    /// Source: XEP-0100 §4, XEP-0106 §6.
    public static func gateway(name: String? = nil, software: SoftwareVersion? = nil) -> ServiceDescription {
        ServiceDescription(
            identities: [
                Identity(category: "gateway", type: "simple", name: name),
                Identity(category: "gateway", type: "sip", name: name),
            ],
            features: [#"jid\20escaping"#],
            software: software
        )
    }

    /// What presence announces about features.
    public struct Capabilities: Sendable, Equatable {
        /// A URI of the software.
        public var node: String
        /// The verification string: Base64 of the SHA-1 of ``ServiceDescription/verificationInput(features:)``.
        public var version: String

        /// Makes an announcement.
        ///
        /// - Parameters:
        ///   - node: a URI of the software.
        ///   - version: the verification string.
        public init(node: String, version: String) {
            self.node = node
            self.version = version
        }
    }
}

/// The name and version of a program.
///
/// Source: XEP-0092 §4.
public struct SoftwareVersion: Sendable, Equatable {
    /// The name.
    public var name: String
    /// The version.
    public var version: String
    /// The operating system; nil to keep it to oneself.
    public var system: String?

    /// Makes a software version.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - version: the version.
    ///   - system: the operating system; nil to keep it to oneself.
    public init(name: String, version: String, system: String? = nil) {
        self.name = name
        self.version = version
        self.system = system
    }
}

public import Digests

/// What happened, in the words of the audit record.
///
/// The rest of the program defines further events of its own, such as acts of operators.
public struct AuditEvent: RawRepresentable, Hashable, Sendable {
    /// The word in the record: lower-case letters, digits and hyphens.
    public let rawValue: String

    /// Names an event.
    ///
    /// - Parameter rawValue: the word in the record.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// An item was stored and will be answered for.
    public static let accepted = AuditEvent(rawValue: "accepted")
    /// An item reached the neighbor on the other shore.
    public static let delivered = AuditEvent(rawValue: "delivered")
    /// An item was given up.
    public static let failed = AuditEvent(rawValue: "failed")
    /// An item was given up, and its sender could not be told.
    public static let failedUntold = AuditEvent(rawValue: "failed-untold")
    /// An item was not delivered before its deadline.
    public static let expired = AuditEvent(rawValue: "expired")
    /// An item was not taken.
    public static let refused = AuditEvent(rawValue: "refused")
    /// An item had been taken before.
    public static let duplicate = AuditEvent(rawValue: "duplicate")
    /// Something was asked or said about a subscription to presence.
    public static let subscription = AuditEvent(rawValue: "subscription")
    /// A state of presence crossed.
    public static let presence = AuditEvent(rawValue: "presence")
    /// An item waits for a person.
    public static let held = AuditEvent(rawValue: "held")
    /// An item that was held was translated again; it waits for its turn, or is held for another reason.
    public static let reprocessed = AuditEvent(rawValue: "reprocessed")
    /// A person gave a held item up.
    public static let dropped = AuditEvent(rawValue: "dropped")
    /// An item that counted as delivered came back.
    public static let reopened = AuditEvent(rawValue: "reopened")
    /// The sender of a failed item was told.
    public static let told = AuditEvent(rawValue: "told")
    /// Other mapping tables were put in force.
    public static let activated = AuditEvent(rawValue: "activated")
    /// Mapping tables were not put in force.
    public static let activationRefused = AuditEvent(rawValue: "activation-refused")
    /// The last crossing of mapping tables that are out of force has ended.
    public static let retired = AuditEvent(rawValue: "generation-retired")
}

/// A name and a value of another module's vocabulary, such as `sip.callID` and its text.
public struct AuditField: Sendable, Equatable {
    /// The key in the record.
    public var name: String
    /// The value in the record.
    public var value: String

    /// Creates a field.
    ///
    /// - Parameters:
    ///   - name: the key in the record.
    ///   - value: the value in the record.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// An address as it came and as it left.
public struct AuditAddress: Sendable, Equatable {
    /// The address on the shore it came from.
    public var before: String
    /// The address on the other shore; nil when it was not translated.
    public var after: String?

    /// Creates a pair.
    ///
    /// - Parameters:
    ///   - before: the address on the shore it came from.
    ///   - after: the address on the other shore.
    public init(before: String, after: String? = nil) {
        self.before = before
        self.after = after
    }
}

/// The digest of a body, or what it is made of when the record is written.
public enum AuditDigest: Sendable {
    /// The digest itself.
    case made(Digest)
    /// The bytes as they crossed, and the key of their conversation and day.
    case of(ArraySlice<UInt8>, by: BodyKey)

    var value: Digest {
        switch self {
        case .made(let digest): digest
        case .of(let text, let key): key.digest(of: text)
        }
    }
}

/// The fields of one audit record; those that are nil or empty are left out of the bytes.
///
/// Shape: one JSON object, keys in the order of the properties below, no spaces, format 1. The sequence number is
/// added as the first key, `seq`, when the record is committed. A record is filled and handed over once, and never copied.
public struct AuditRecord: ~Copyable, Sendable {
    /// The format that the record declares under the key `v`.
    public static let format: Int64 = 1

    /// When it happened: milliseconds since 1970-01-01T00:00:00Z; written as RFC 3339 §5.6 text under `time`.
    public var time: Int64
    /// Which gateway wrote the record.
    public var node: String
    /// What happened.
    public var event: AuditEvent
    /// The id of the crossing.
    public var crossing: String?
    /// The leg that speaks, such as `xmpp` or `sip`.
    public var leg: String?
    /// Where the item goes, such as `to-xmpp`.
    public var direction: String?
    /// The neighbor on that leg.
    public var peer: String?
    /// How the neighbor proved who it is, such as `tls`, `component` or `address`.
    public var proof: String?
    /// Who did it, for acts of operators and auditors.
    public var actor: String?
    /// The sender before and after translation.
    public var sender: AuditAddress?
    /// The recipient before and after translation.
    public var recipient: AuditAddress?
    /// Ids of the protocols; names are unique.
    public var identifiers: [AuditField] = []
    /// The generation of the mapping tables.
    public var generation: String?
    /// Ids of the rules that fired, in order.
    public var rules: [String] {
        get { ruleNames.names }
        set { ruleNames = AuditNames(newValue) }
    }
    /// The same with their JSON form, which records of the same rules may share.
    public var ruleNames: AuditNames = []
    /// Classes of what could not be carried.
    public var losses: [String] = []
    /// The result with the codes of both protocols, and what was tolerated in a document; names are unique.
    public var outcome: [AuditField] = []
    /// A sentence for people.
    public var reason: String?
    /// The size of the body in bytes.
    public var size: Int64?
    /// The keyed digest of the body, written as hexadecimal digits under `digest`.
    public var digest: AuditDigest?

    /// Creates a record with the fields that every record has.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - time: when: milliseconds since 1970-01-01T00:00:00Z.
    ///   - node: which gateway writes the record.
    ///   - crossing: the id of the crossing.
    public init(_ event: AuditEvent, time: Int64, node: String, crossing: String? = nil) {
        self.event = event
        self.time = time
        self.node = node
        self.crossing = crossing
    }

    /// Hands the record over.
    ///
    /// - Returns: what is committed.
    public consuming func entry() -> AuditEntry { AuditEntry(self) }

    /// Writes the canonical bytes.
    ///
    /// - Parameters:
    ///   - sequence: the number, which becomes the first key; nil to leave it out.
    ///   - json: takes the object.
    func write(sequence: Int64?, to json: inout JSONWriter) {
        // Closures that took the record would copy it.
        let (time, digest) = (time, digest)
        json.beginObject()
        if let sequence { json.field("seq", sequence) }
        json.field("v", AuditRecord.format)
        json.field("time", plain: { Timestamp.append(milliseconds: time, to: &$0) })
        json.field("node", node)
        json.field("event", event.rawValue)
        optional("crossing", crossing, to: &json)
        optional("leg", leg, to: &json)
        optional("direction", direction, to: &json)
        optional("peer", peer, to: &json)
        optional("proof", proof, to: &json)
        optional("actor", actor, to: &json)
        address("sender", sender, to: &json)
        address("recipient", recipient, to: &json)
        fields("identifiers", identifiers, to: &json)
        optional("generation", generation, to: &json)
        if !ruleNames.isEmpty { json.field("rules", written: ruleNames.json) }
        if !losses.isEmpty { json.field("losses", losses) }
        fields("outcome", outcome, to: &json)
        optional("reason", reason, to: &json)
        if let size { json.field("size", size) }
        if let digest { json.field("digest", plain: { digest.value.appendHexadecimal(to: &$0) }) }
        json.endObject()
    }

    private func optional(_ key: StaticString, _ value: String?, to json: inout JSONWriter) {
        if let value { json.field(key, value) }
    }

    private func address(_ key: StaticString, _ value: AuditAddress?, to json: inout JSONWriter) {
        guard let value else { return }
        json.beginObject(key)
        json.field("before", value.before)
        optional("after", value.after, to: &json)
        json.endObject()
    }

    private func fields(_ key: StaticString, _ values: [AuditField], to json: inout JSONWriter) {
        guard !values.isEmpty else { return }
        json.beginObject(key)
        for value in values {
            json.field(named: value.name, value.value)
        }
        json.endObject()
    }
}

/// What a failed item may do next.
public enum Retry: String, Sendable, CaseIterable {
    /// Nothing: the sender is told.
    case never
    /// The same item goes again after a pause that doubles.
    case backoff
    /// The neighbor is at fault: everything that goes there waits, and one item probes it.
    case hop
    /// The same message goes again as plain text, if it was not plain.
    case asPlainText = "as-plain-text"
}

/// How a request to the CPIM shore failed.
public enum SIPFailure: Sendable, Hashable {
    /// A final response.
    case status(Int)
    /// No final response came (RFC 3261 §17.1.2.2).
    case timeout
    /// The request could not be sent (RFC 3261 §8.1.3.1).
    case transport
}

/// What a failure on the CPIM shore is towards XMPP.
public struct StanzaErrorWords: Sendable, Hashable {
    /// The condition (RFC 6120 §8.3.3).
    public let condition: String
    /// The type: `auth`, `cancel`, `continue`, `modify` or `wait`.
    public let type: String
    /// What the item may do before its sender is told.
    public let retry: Retry
    /// The row.
    public let row: RowID
}

/// What a stanza error is towards SIP.
public struct ResponseWords: Sendable, Hashable {
    /// The status code.
    public let status: Int
    /// The reason phrase; nil for the standard one.
    public let reason: String?
    /// The row.
    public let row: RowID
}

/// What a refusal of the gateway's own is in both protocols.
public struct RefusalWords: Sendable, Hashable {
    /// The condition.
    public let condition: String
    /// The type.
    public let type: String
    /// The status code.
    public let status: Int
    /// The reason phrase; nil for the standard one.
    public let reason: String?
    /// A sentence for the sender.
    public let text: String
    /// Whether the item is kept until a person has it translated again, instead of being refused.
    public let isHeld: Bool
    /// The row.
    public let row: RowID
}

/// The vocabularies of error tables.
public enum ErrorVocabulary {
    /// The conditions of RFC 6120 §8.3.3.
    public static let conditions = [
        "bad-request", "conflict", "feature-not-implemented", "forbidden", "gone", "internal-server-error",
        "item-not-found", "jid-malformed", "not-acceptable", "not-allowed", "not-authorized", "policy-violation",
        "recipient-unavailable", "redirect", "registration-required", "remote-server-not-found",
        "remote-server-timeout", "resource-constraint", "service-unavailable", "subscription-required",
        "undefined-condition", "unexpected-request",
    ]

    /// The types of RFC 6120 §8.3.2.
    public static let types = ["auth", "cancel", "continue", "modify", "wait"]

    /// The reasons for which the gateway itself refuses an item.
    public static let refusals = [
        "addr-unmappable", "addr-unmappable-sender", "addr-irreversible", "addr-malformed", "addr-collision",
        "anonymous-sender", "sips", "loop", "repeated-loop", "unknown-domain", "foreign-sender", "domain-recipient",
        "identity-mismatch", "max-forwards", "required-feature", "unsupported-type", "unacceptable-type",
        "malformed-body", "oversize", "groupchat", "encrypted", "reactions", "recipient-list", "loss", "mapping",
        "no-route", "stopping", "too-many-recipients", "queue-full", "store", "expired",
    ]

    /// What can be done about a refusal.
    static let actions = ["refuse", "hold"]

    /// Those of them that an edit of tables or of the address store can mend, so that a row may hold the item.
    ///
    /// What a loss refuses is held by the row of its class, and a field by its own row.
    public static let holdable = [
        "addr-unmappable", "addr-unmappable-sender", "addr-irreversible", "addr-collision", "required-feature",
        "unsupported-type", "oversize", "encrypted", "reactions", "mapping",
    ]
}

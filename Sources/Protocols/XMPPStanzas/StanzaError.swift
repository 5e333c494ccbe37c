public import XMLStreams

/// Why a stanza could not be processed, as told to its sender.
///
/// Source: RFC 6120 §8.3.
public struct StanzaError: Error, Sendable, Equatable {
    /// What the sender can do about it.
    ///
    /// Source: RFC 6120 §8.3.2.
    public enum Kind: String, Sendable, CaseIterable {
        /// Retry with credentials.
        case auth
        /// Do not retry.
        case cancel
        /// It was only a warning.
        case `continue`
        /// Retry with other data.
        case modify
        /// Retry later.
        case wait
    }

    /// The condition.
    public var condition: Condition
    /// What the sender can do about it.
    public var kind: Kind
    /// Who found the error, as written; nil when that is the addressee.
    public var by: String?
    /// A description for people; nil for none.
    public var text: String?
    /// The language tag of the description.
    public var textLanguage: String?
    /// The new address of `gone` and `redirect`, white space around it removed; nil when there is none.
    ///
    /// Source: RFC 6120 §8.3.3.
    public var address: String?
    /// The number that came before there were conditions, of three digits; read, never written.
    public var legacyCode: Int?
    /// The condition of the application's own.
    public var application: XML.Element?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - condition: the condition.
    ///   - kind: what the sender can do; nil for what RFC 6120 recommends with the condition.
    ///   - text: a description for people.
    ///   - textLanguage: the language tag of the description.
    ///   - address: the new address, for `gone` and `redirect`.
    ///   - by: who found the error.
    ///   - application: a condition of the application's own.
    public init(
        _ condition: Condition,
        _ kind: Kind? = nil,
        text: String? = nil,
        textLanguage: String? = nil,
        address: String? = nil,
        by: String? = nil,
        application: XML.Element? = nil
    ) {
        self.condition = condition
        self.kind = kind ?? condition.usualKind
        self.text = text
        self.textLanguage = textLanguage
        self.address = address
        self.by = by
        self.application = application
    }
}

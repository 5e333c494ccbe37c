public import XMLStreams

/// Why a stream ends, as one side tells the other.
///
/// Source: RFC 6120 §4.9.
public struct StreamFault: Error, Sendable, Equatable {
    /// The closed list of conditions.
    ///
    /// Source: RFC 6120 §4.9.3.
    public enum Condition: String, Sendable, CaseIterable {
        /// XML that cannot be processed.
        case badFormat = "bad-format"
        /// A prefix where none may be, or one that is not the usual one.
        case badNamespacePrefix = "bad-namespace-prefix"
        /// Another stream takes the place of this one, or holds it.
        case conflict
        /// The other side has not answered in time.
        case connectionTimeout = "connection-timeout"
        /// The domain was served here once.
        case hostGone = "host-gone"
        /// The domain is not served here.
        case hostUnknown = "host-unknown"
        /// An address is missing or is none.
        case improperAddressing = "improper-addressing"
        /// A fault of the receiver's own.
        case internalServerError = "internal-server-error"
        /// A sender that was not proved.
        case invalidFrom = "invalid-from"
        /// A namespace that the receiver does not serve.
        case invalidNamespace = "invalid-namespace"
        /// XML that does not follow the schema.
        case invalidXML = "invalid-xml"
        /// The sender is not authenticated, or its credentials are wrong.
        case notAuthorized = "not-authorized"
        /// XML that is not well-formed.
        case notWellFormed = "not-well-formed"
        /// A local policy, such as a limit of size or rate, is violated.
        case policyViolation = "policy-violation"
        /// A server that is needed cannot be reached.
        case remoteConnectionFailed = "remote-connection-failed"
        /// The stream has to be negotiated again.
        case reset
        /// The receiver lacks resources.
        case resourceConstraint = "resource-constraint"
        /// Comments, processing instructions, declarations or entities.
        case restrictedXML = "restricted-xml"
        /// Another host serves this.
        case seeOtherHost = "see-other-host"
        /// The receiver is being shut down.
        case systemShutdown = "system-shutdown"
        /// None of the other conditions.
        case undefinedCondition = "undefined-condition"
        /// An encoding other than UTF-8.
        case unsupportedEncoding = "unsupported-encoding"
        /// A feature that is required is not supported.
        case unsupportedFeature = "unsupported-feature"
        /// A first-level element that is not known.
        case unsupportedStanzaType = "unsupported-stanza-type"
        /// A version of XMPP that is not supported.
        case unsupportedVersion = "unsupported-version"
    }

    /// The condition.
    public var condition: Condition
    /// A description for people; the other side's is not to be trusted, nor interpreted.
    public var text: String?
    /// The language tag of the description.
    public var textLanguage: String?
    /// The host that `see-other-host` names.
    public var otherHost: String?
    /// A condition of the application's own.
    public var application: XML.Element?

    /// Makes a fault.
    ///
    /// - Parameters:
    ///   - condition: the condition.
    ///   - text: a description for people.
    ///   - textLanguage: the language tag of the description.
    ///   - otherHost: the host that `see-other-host` names.
    ///   - application: a condition of the application's own.
    public init(
        _ condition: Condition,
        text: String? = nil,
        textLanguage: String? = nil,
        otherHost: String? = nil,
        application: XML.Element? = nil
    ) {
        self.condition = condition
        self.text = text
        self.textLanguage = textLanguage
        self.otherHost = otherHost
        self.application = application
    }

    /// What a peer is told about bytes that could not be read.
    ///
    /// - Parameter error: what the parser found.
    ///
    /// Source: RFC 6120 §4.9.3, XEP-0205 §5.
    public init(_ error: XMLStreamError) {
        switch error.code {
        case .notWellFormed, .incomplete: self.init(.notWellFormed)
        case .restrictedXML: self.init(.restrictedXML)
        case .unsupportedEncoding: self.init(.unsupportedEncoding)
        case .strayText, .secondHeader: self.init(.invalidXML)
        case .tooManyBytes, .startTagTooLong:
            self.init(.policyViolation, application: XML.Element("stanza-too-big", "urn:xmpp:errors"))
        case .tooDeep, .tooManyAttributes, .tooManyChildren: self.init(.policyViolation)
        }
    }
}

public import XMLStreams

/// A request or its answer.
///
/// Source: RFC 6120 §8.2.3.
public struct IQStanza: Stanza, Equatable {
    /// The four types.
    public enum Kind: String, Sendable, CaseIterable {
        /// Asks for information.
        case get
        /// Provides or changes something.
        case set
        /// Answers a request.
        case result
        /// Says why a request failed.
        case error
    }

    /// The stanza as it came.
    public let element: XML.Element

    /// Takes an element, or nil when it is no IQ in a content namespace.
    ///
    /// - Parameter element: a first-level element.
    public init?(_ element: XML.Element) {
        guard StanzaKind(element) == .iq else { return nil }
        self.element = element
    }

    /// The type; nil when it is missing or not defined.
    public var kind: Kind? { typeAttribute.flatMap(Kind.init(rawValue:)) }

    /// True for a request, which has to be answered.
    public var isRequest: Bool { kind == .get || kind == .set }

    /// The first child: the request or the result.
    public var payload: XML.Element? {
        for child in element.children { return child }
        return nil
    }

    /// What is wrong with the form of this IQ: a type that is not defined, no id, or a request without exactly one
    /// child.
    ///
    /// - Returns: `bad-request`, or nil for an IQ that can be looked at further.
    ///
    /// Source: RFC 6120 §8.2.3.
    public func fault() -> StanzaError? {
        guard let kind, let id = element.attributeBytes("id"), !id.isEmpty else {
            return StanzaError(.badRequest)
        }
        if kind == .result || kind == .error { return nil }
        var children = element.children
        guard children.next() != nil, children.next() == nil else { return StanzaError(.badRequest) }
        return nil
    }
}

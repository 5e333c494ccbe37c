public import Addressing
public import XMLStreams

/// What messages, presences and IQs have in common: a light view over the element that came.
///
/// Nothing is copied or parsed before it is asked for.
///
/// Source: RFC 6120 §8.1.
public protocol Stanza: Sendable {
    /// The stanza as it came, in any of the content namespaces.
    var element: XML.Element { get }
}

/// A text with its language.
public struct LocalizedText: Sendable, Equatable {
    /// The text.
    public let text: String
    /// The language tag in force: the element's own `xml:lang`, else that of the stanza; nil when neither has one.
    public let language: String?
    /// True when the element has an `xml:lang` of its own.
    public let isOwnLanguage: Bool

    /// Makes a text.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - language: the language tag in force.
    ///   - isOwnLanguage: whether the tag stands on the element itself.
    public init(_ text: String, language: String? = nil, isOwnLanguage: Bool = false) {
        self.text = text
        self.language = language
        self.isOwnLanguage = isOwnLanguage
    }
}

extension Stanza {
    /// The `to` attribute as written; nil when it is absent.
    ///
    /// Source: RFC 6120 §8.1.
    public var to: String? { element.attribute("to") }

    /// The `from` attribute as written; nil when it is absent.
    ///
    /// Source: RFC 6120 §8.1.
    public var from: String? { element.attribute("from") }

    /// The `id` attribute; nil when it is absent.
    ///
    /// Source: RFC 6120 §8.1.
    public var id: String? { element.attribute("id") }

    /// The `type` attribute as written; nil when it is absent.
    ///
    /// Source: RFC 6120 §8.1.
    public var typeAttribute: String? { element.attribute("type") }

    /// The stanza's own `xml:lang`; nil when the stream's holds.
    ///
    /// Source: RFC 6120 §8.1.
    public var language: String? { element.language }

    /// The namespace of the stanza and of its own children.
    public var contentNamespace: String { element.namespace }

    /// The addressee; nil when there is no `to`.
    ///
    /// - Throws: `AddressError` when `to` is no address.
    public var toAddress: JID? {
        get throws(AddressError) {
            guard let bytes = element.attributeBytes("to") else { return nil }
            return try JID(bytes: bytes)
        }
    }

    /// The sender; nil when there is no `from`.
    ///
    /// - Throws: `AddressError` when `from` is no address.
    public var fromAddress: JID? {
        get throws(AddressError) {
            guard let bytes = element.attributeBytes("from") else { return nil }
            return try JID(bytes: bytes)
        }
    }

    /// The child elements in namespaces other than the stanza's own, in order.
    ///
    /// Source: RFC 6120 §8.4.
    public var payloads: [XML.Element] {
        element.children.filter { !$0.sharesNamespace(with: element) }
    }

    /// The first payload with this name and namespace.
    ///
    /// - Parameters:
    ///   - name: the local name.
    ///   - namespace: the namespace.
    /// - Returns: the payload, or nil when there is none.
    public func payload(_ name: String, _ namespace: String) -> XML.Element? { element.first(name, namespace) }

    /// The error of a stanza of type `error`; nil for other types.
    ///
    /// Source: RFC 6120 §8.3.
    public var error: StanzaError? {
        guard typeAttribute == "error" else { return nil }
        return StanzaError(in: element)
    }

    /// The first child of the stanza's own namespace with this name.
    func own(_ name: String) -> XML.Element? { element.firstOwn(name) }

    /// The texts of all children of the stanza's own namespace with this name.
    func texts(_ name: String) -> [LocalizedText] {
        var texts: [LocalizedText] = []
        for child in element.children where child.sharesNamespace(with: element) && child.isNamed(name) {
            let own = child.language
            texts.append(LocalizedText(child.text, language: own ?? language, isOwnLanguage: own != nil))
        }
        return texts
    }
}

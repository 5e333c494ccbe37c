public import XMLStreams
import XMPPStanzas

/// What a receiving server offers, as far as servers use it.
///
/// Source: RFC 6120 §4.3.2.
public struct StreamFeatures: Sendable, Equatable {
    /// Whether TLS is offered.
    ///
    /// Source: RFC 6120 §5.4.1.
    public enum Encryption: Sendable, Equatable {
        /// No TLS is offered.
        case none
        /// TLS may be negotiated.
        case offered
        /// TLS has to be negotiated.
        case required
    }

    /// Whether TLS is offered.
    public var encryption: Encryption
    /// The names of the SASL mechanisms in order; nil when there is no list, which is not the same as an empty one.
    ///
    /// Source: RFC 6120 §6.4.1.
    public var mechanisms: [String]?
    /// Whether dialback is offered.
    ///
    /// Source: XEP-0220 §2.4.2.
    public var hasDialback: Bool
    /// Whether dialback errors keep the stream.
    ///
    /// Source: XEP-0220 §2.4.2.
    public var hasDialbackErrors: Bool
    /// Whether stanzas may flow in both directions.
    ///
    /// Source: XEP-0288 §2.1.
    public var isBidirectional: Bool
    /// Whether stanzas are acknowledged.
    ///
    /// Source: XEP-0198 §2.
    public var hasStreamManagement: Bool
    /// Whether something that is not known here has to be negotiated.
    ///
    /// Source: RFC 6120 §4.3.2.
    public var requiresUnknown: Bool

    /// The most mechanisms that are read.
    public static let mechanismLimit = 32

    /// Makes a list of features, empty if nothing is given.
    ///
    /// - Parameters:
    ///   - encryption: whether TLS is offered.
    ///   - mechanisms: the names of the SASL mechanisms.
    ///   - hasDialback: whether dialback is offered, with errors.
    ///   - isBidirectional: whether stanzas may flow in both directions.
    ///   - hasStreamManagement: whether stanzas are acknowledged.
    public init(
        encryption: Encryption = .none,
        mechanisms: [String]? = nil,
        hasDialback: Bool = false,
        isBidirectional: Bool = false,
        hasStreamManagement: Bool = false
    ) {
        self.encryption = encryption
        self.mechanisms = mechanisms
        self.hasDialback = hasDialback
        hasDialbackErrors = hasDialback
        self.isBidirectional = isBidirectional
        self.hasStreamManagement = hasStreamManagement
        requiresUnknown = false
    }

    /// Reads the features; nil for another element.
    ///
    /// - Parameter element: a first-level element.
    public init?(reading element: XML.Element) {
        guard element.is("features", XMPPNamespace.streams) else { return nil }
        self.init()
        for child in element.children {
            if child.is("starttls", XMPPNamespace.tls) {
                encryption = child.first("required", XMPPNamespace.tls) == nil ? .offered : .required
            } else if child.is("mechanisms", XMPPNamespace.sasl) {
                let names = child.all("mechanism", XMPPNamespace.sasl).prefix(Self.mechanismLimit)
                mechanisms = names.map { AsciiText.trimmed($0.text) }
            } else if child.is("dialback", XMPPNamespace.dialbackFeature) {
                hasDialback = true
                hasDialbackErrors = child.first("errors", XMPPNamespace.dialbackFeature) != nil
            } else if child.is("bidi", XMPPNamespace.bidirectionalFeature) {
                isBidirectional = true
            } else if child.is("sm", XMPPNamespace.streamManagement) {
                hasStreamManagement = true
            } else if child.children.contains(where: { $0.isNamed("required") }) {
                requiresUnknown = true
            }
        }
    }

    /// The element, for a stream whose header bound the prefix `stream`.
    public var bytes: [UInt8] {
        var writer = XML.Writer(inherited: XMPPNamespace.server)
        writer.start("stream:features")
        if encryption != .none {
            writer.start("starttls", XMPPNamespace.tls)
            if encryption == .required { writer.element("required") }
            writer.end()
        }
        if let mechanisms {
            writer.start("mechanisms", XMPPNamespace.sasl)
            for mechanism in mechanisms { writer.element("mechanism", nil, text: mechanism) }
            writer.end()
        }
        if hasDialback {
            writer.start("dialback", XMPPNamespace.dialbackFeature)
            if hasDialbackErrors { writer.element("errors") }
            writer.end()
        }
        if isBidirectional { writer.element("bidi", XMPPNamespace.bidirectionalFeature) }
        if hasStreamManagement { writer.element("sm", XMPPNamespace.streamManagement) }
        writer.end()
        return writer.bytes
    }
}

/// Text of which white space around it says nothing.
enum AsciiText {
    static func trimmed(_ text: String) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}

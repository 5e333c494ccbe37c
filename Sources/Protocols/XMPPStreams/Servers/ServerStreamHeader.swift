public import XMLStreams
import XMPPStanzas

/// The header of a stream between servers.
///
/// Source: RFC 6120 §4.2, §4.7, §4.8.
public struct ServerStreamHeader: Sendable, Equatable {
    /// What makes a root element no header of such a stream.
    public enum Fault: Error, Sendable, Equatable {
        /// The root or its content is in a namespace that is not served.
        case namespace
        /// The root has another name.
        case name

        /// What the peer is told.
        ///
        /// Source: RFC 6120 §4.9.3.10, §4.9.3.11.
        var condition: StreamFault.Condition {
            switch self {
            case .namespace: .invalidNamespace
            case .name: .invalidXML
            }
        }
    }

    /// The `from` attribute as written.
    public var from: String?
    /// The `to` attribute as written.
    public var to: String?
    /// The `id` attribute; headers of initiating servers have none that counts.
    public var id: String?
    /// The version; nil when there is none or it is none.
    public var version: StreamVersion?
    /// The language of the peer's stanzas; nil when there is none or it is no language tag.
    public var language: String?
    /// True when the namespace of dialback is declared.
    ///
    /// Source: XEP-0220 §2.4.1.
    public var hasDialback: Bool

    /// Makes a header.
    ///
    /// - Parameters:
    ///   - from: the sender's domain.
    ///   - to: the addressee's domain.
    ///   - id: the id, for the header of a receiving server.
    ///   - version: the version; nil for a peer that has none.
    ///   - language: the language of what follows.
    ///   - hasDialback: whether the namespace of dialback is declared.
    public init(
        from: String?,
        to: String?,
        id: String? = nil,
        version: StreamVersion? = .current,
        language: String? = "en",
        hasDialback: Bool = true
    ) {
        self.from = from
        self.to = to
        self.id = id
        self.version = version
        self.language = language
        self.hasDialback = hasDialback
    }

    /// Reads a root element.
    ///
    /// Any prefix may be bound to the stream namespace, and none: then the stanzas declare their namespace themselves.
    ///
    /// - Parameter root: the root with its namespace declarations.
    /// - Throws: ``Fault``.
    ///
    /// Source: RFC 6120 §4.8.1, §4.8.2, §4.8.5.
    public init(reading root: XML.Element) throws(Fault) {
        guard root.isIn(XMPPNamespace.streams) else { throw .namespace }
        guard root.isNamed("stream") else { throw .name }
        let content = root.declarations.first { $0.prefix.isEmpty }?.namespace ?? ""
        let isPrefixFree = !root.isPrefixed && content == XMPPNamespace.streams
        guard content == XMPPNamespace.server || content.isEmpty || isPrefixFree else { throw .namespace }
        from = root.attribute("from")
        to = root.attribute("to")
        id = root.attribute("id")
        version = root.attribute("version").flatMap(StreamVersion.init)
        language = root.language.flatMap { LanguageTag.isWellFormed($0) ? $0 : nil }
        hasDialback = root.declarations.contains { $0.namespace == XMPPNamespace.dialback }
    }

    /// The header with an XML declaration before it.
    ///
    /// Source: RFC 6120 §4.8.5, §11.5.
    public var bytes: [UInt8] {
        var writer = XML.Writer()
        writer.raw("<?xml version='1.0'?>")
        writer.start(
            "stream:stream",
            XMPPNamespace.server,
            [
                "xmlns:stream": XMPPNamespace.streams,
                "xmlns:db": hasDialback ? XMPPNamespace.dialback : nil,
                "from": from,
                "to": to,
                "id": id,
                "version": version.map { "\($0.major).\($0.minor)" },
                "xml:lang": language,
            ]
        )
        writer.closeHeader()
        return writer.bytes
    }
}

/// The form of language tags.
///
/// Source: RFC 6120 §4.7.4.
enum LanguageTag {
    /// The longest tag that is taken.
    static let limit = 64

    /// Subtags of one to eight letters or digits with hyphens between; the first one of letters.
    static func isWellFormed(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= limit else { return false }
        let subtags = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
        guard let first = subtags.first, first.allSatisfy(isLetter) else { return false }
        return subtags.allSatisfy { subtag in
            (1...8).contains(subtag.count) && subtag.allSatisfy { isLetter($0) || $0 &- 0x30 < 10 }
        }
    }
}

public import XMLStreams

/// What a presence announces about the features of whoever sends it.
///
/// Source: XEP-0115 §4.
public struct CapabilitiesElement: Sendable, Hashable {
    /// The name of the hash function; nil in announcements of the form before it was named.
    public var hash: String?
    /// A URI of the software.
    public var node: String
    /// The verification string.
    public var version: String

    /// Reads the announcement of a presence; nil when there is none, or one without node or version.
    ///
    /// - Parameter presence: a presence stanza.
    public init?(in presence: XML.Element) {
        guard let element = presence.first("c", XMPPNamespace.capabilities), let node = element.attribute("node"),
            let version = element.attribute("ver"), !node.isEmpty, !version.isEmpty
        else { return nil }
        self.init(hash: element.attribute("hash"), node: node, version: version)
    }

    /// Makes an announcement.
    ///
    /// - Parameters:
    ///   - hash: the name of the hash function.
    ///   - node: a URI of the software.
    ///   - version: the verification string.
    public init(hash: String?, node: String, version: String) {
        self.hash = hash
        self.node = node
        self.version = version
    }

    /// The element as presence carries it.
    public var bytes: [UInt8] {
        var writer = XML.Writer()
        write(to: &writer)
        return writer.bytes
    }

    /// Writes the element.
    ///
    /// - Parameter writer: a writer inside a presence stanza.
    public func write(to writer: inout XML.Writer) {
        writer.element("c", XMPPNamespace.capabilities, ["hash": hash, "node": node, "ver": version])
    }

    /// Writes the query that asks what stands behind an announcement.
    ///
    /// - Parameters:
    ///   - to: who announced it.
    ///   - from: who asks.
    ///   - id: an identifier that nobody can guess.
    ///   - node: node and version of the announcement, with `#` between them.
    ///   - content: the content namespace of the stream.
    /// - Returns: the bytes.
    ///
    /// Source: XEP-0115 §6.2.
    public static func query(to: String, from: String, id: String, node: String, content: String) -> [UInt8] {
        var writer = XML.Writer(inherited: content)
        writer.startStanza(.iq, to: to, from: from, id: id, type: "get")
        writer.element("query", XMPPNamespace.discoInfo, ["node": node])
        writer.end()
        return writer.bytes
    }
}

extension ServiceDescription.Capabilities {
    /// The announcement as presence carries it.
    ///
    /// Source: XEP-0115 §4.
    public var element: CapabilitiesElement { CapabilitiesElement(hash: "sha-1", node: node, version: version) }
}

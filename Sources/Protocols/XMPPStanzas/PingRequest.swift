public import XMLStreams

/// A ping, and the recognition of its answer.
///
/// Source: XEP-0199 §4.
public enum PingRequest {
    /// Writes a ping.
    ///
    /// - Parameters:
    ///   - to: the addressee.
    ///   - from: the sender.
    ///   - id: an identifier that nobody can guess.
    ///   - content: the content namespace of the stream.
    /// - Returns: the bytes.
    public static func bytes(to: String?, from: String?, id: String, content: String) -> [UInt8] {
        var writer = XML.Writer(inherited: content)
        writer.startStanza(.iq, to: to, from: from, id: id, type: "get")
        writer.element("ping", XMPPNamespace.ping)
        writer.end()
        return writer.bytes
    }

    /// Whether an element answers a ping: any result or error with its id proves that the other side lives.
    ///
    /// - Parameters:
    ///   - element: a first-level element.
    ///   - id: the identifier of the ping.
    /// - Returns: true for an answer.
    public static func isAnswer(_ element: XML.Element, id: String) -> Bool {
        guard let iq = IQStanza(element), iq.kind == .result || iq.kind == .error else { return false }
        return iq.id == id
    }
}

public import XMLStreams

extension StanzaError {
    /// Writes the error element into the stanza begun.
    ///
    /// - Parameter writer: a writer inside a stanza, in the content namespace.
    public func write(to writer: inout XML.Writer) {
        writer.start("error", nil, ["by": by, "type": kind.rawValue])
        writer.start(condition.rawValue, XMPPNamespace.stanzaErrors)
        if let address, condition == .gone || condition == .redirect { writer.text(address) }
        writer.end()
        if let text { writer.element("text", XMPPNamespace.stanzaErrors, ["xml:lang": textLanguage], text: text) }
        if let application { writer.copy(application) }
        writer.end()
    }

    /// The stanza that tells a sender about this error.
    ///
    /// Kind and id are those of the stanza, `from` and `to` are exchanged in their normal form, and the content of the
    /// stanza is not sent back.
    ///
    /// - Parameters:
    ///   - stanza: the stanza that failed.
    ///   - content: the content namespace of the stream the answer goes to; nil for that of the stanza.
    /// - Returns: the bytes; nil when the stanza is an error or a result, which are never answered, or no stanza.
    ///
    /// Source: RFC 6120 §8.3.1, §8.1.
    public func reply(to stanza: XML.Element, content: String? = nil) -> [UInt8]? {
        guard let kind = StanzaKind(stanza) else { return nil }
        let type = stanza.attribute("type")
        if type == "error" || (kind == .iq && type == "result") { return nil }
        var writer = XML.Writer(inherited: content ?? stanza.namespace)
        writer.startReply(kind, to: stanza, type: "error")
        write(to: &writer)
        writer.end()
        return writer.bytes
    }
}

extension XML.Writer {
    /// Begins a stanza in the namespace in scope.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - to: the addressee.
    ///   - from: the sender.
    ///   - id: the identifier.
    ///   - type: the type.
    ///   - language: the language tag of the content.
    public mutating func startStanza(
        _ kind: StanzaKind,
        to: String?,
        from: String?,
        id: String? = nil,
        type: String? = nil,
        language: String? = nil
    ) {
        start(kind.rawValue)
        if let from { attribute("from", from) }
        if let to { attribute("to", to) }
        if let id { attribute("id", id) }
        if let type { attribute("type", type) }
        if let language { attribute("xml:lang", language) }
    }

    /// Begins the answer to a stanza: `from` and `to` exchanged, the id copied byte for byte.
    ///
    /// The addresses are written in their normal form: an answer from `Example.Net` is none of the domain
    /// `example.net` to a stream that compares bytes.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - stanza: the stanza that is answered.
    ///   - type: the type of the answer.
    ///
    /// Source: RFC 6120 §8.1, §8.2.3, §8.3.1, RFC 7622 §3.2.
    public mutating func startReply(_ kind: StanzaKind, to stanza: XML.Element, type: String) {
        start(kind.rawValue)
        if let to = stanza.attributeBytes("to") { attribute("from", NormalAddress.bytes(of: to)) }
        if let from = stanza.attributeBytes("from") { attribute("to", NormalAddress.bytes(of: from)) }
        if let id = stanza.attributeBytes("id") { attribute("id", id) }
        attribute("type", type)
    }
}

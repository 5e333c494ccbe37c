public import XMLStreams

extension StanzaError {
    /// Reads the error of a stanza.
    ///
    /// - Parameter stanza: a stanza of type `error`.
    ///
    /// A stanza without an error element, which is broken, gives `undefined-condition`.
    public init(in stanza: XML.Element) {
        for child in stanza.children where child.sharesNamespace(with: stanza) && child.isNamed("error") {
            self.init(reading: child)
            return
        }
        self.init(.undefinedCondition)
    }

    /// Reads an error element.
    ///
    /// A condition that is not known counts as `undefined-condition`; without any condition the legacy number
    /// decides, if it has three digits. A missing or unknown type becomes the one RFC 6120 recommends.
    ///
    /// - Parameter element: the `error` child of a stanza.
    ///
    /// Source: RFC 6120 §8.3.2.
    public init(reading element: XML.Element) {
        var found: XML.Element?
        var text: XML.Element?
        var application: XML.Element?
        for child in element.children {
            if !child.isIn(XMPPNamespace.stanzaErrors) {
                if !child.sharesNamespace(with: element), application == nil { application = child }
            } else if child.isNamed("text") {
                if text == nil { text = child }
            } else if found == nil {
                found = child
            }
        }
        let code = element.attributeBytes("code").flatMap(Self.code)
        let condition: Condition
        if let found {
            condition = Condition(rawValue: found.name) ?? .undefinedCondition
        } else {
            condition = code.map(Condition.init(legacyCode:)) ?? .undefinedCondition
        }
        self.init(
            condition,
            element.attribute("type").flatMap(Kind.init(rawValue:)),
            text: text?.text,
            textLanguage: text?.language,
            by: element.attribute("by"),
            application: application
        )
        legacyCode = code
        if let found, condition == .gone || condition == .redirect { address = Self.trimmed(found.textBytes) }
    }

    private static func code(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count == 3, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// An address without the white space around it; nil when nothing is left.
    ///
    /// Source: RFC 6120 §8.3.3.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String? {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return nil }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}

public import XMLStreams
import XMPPStanzas

extension StreamFault {
    /// Reads a stream error; nil for an element that is none.
    ///
    /// A condition that is missing or not known counts as `undefined-condition`.
    ///
    /// - Parameter element: a first-level element.
    ///
    /// Source: RFC 6120 §4.9.2, §4.9.4.
    public init?(reading element: XML.Element) {
        guard element.is("error", XMPPNamespace.streams) else { return nil }
        var fault = StreamFault(.undefinedCondition)
        var hasCondition = false
        for child in element.children {
            if !child.isIn(XMPPNamespace.streamErrors) {
                if fault.application == nil { fault.application = child }
            } else if child.isNamed("text") {
                fault.text = fault.text ?? child.text
                fault.textLanguage = fault.textLanguage ?? child.language
            } else if !hasCondition {
                hasCondition = true
                fault.condition = Condition(rawValue: child.name) ?? .undefinedCondition
                if fault.condition == .seeOtherHost { fault.otherHost = child.text }
            }
        }
        self = fault
    }

    /// The stream error and the end of the stream.
    ///
    /// - Parameter content: the default namespace of the stream.
    /// - Returns: the bytes, for a stream whose header bound the prefix `stream`.
    ///
    /// Source: RFC 6120 §4.9.1.1, §4.9.2.
    public func closingBytes(content: String) -> [UInt8] {
        var writer = XML.Writer(inherited: content)
        writer.start("stream:error")
        writer.start(condition.rawValue, XMPPNamespace.streamErrors)
        if let otherHost, condition == .seeOtherHost { writer.text(otherHost) }
        writer.end()
        if let text { writer.element("text", XMPPNamespace.streamErrors, ["xml:lang": textLanguage], text: text) }
        if let application { writer.copy(application) }
        writer.end()
        return writer.bytes + Self.endTag
    }

    /// The end tag of a stream.
    static let endTag = Array("</stream:stream>".utf8)
}

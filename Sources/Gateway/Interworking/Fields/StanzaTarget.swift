import Addressing
import MappingTables
import PIDF
import XMLStreams

/// What the field tables make of the pivot for a message stanza.
struct StanzaTarget: FieldTarget {
    /// An extension element that rows build.
    struct Extension {
        let namespace: String
        let name: String
        var attributes: [(name: String, value: String)] = []
        var text: String?
        var language: String?
        /// What rows have put inside it.
        var children: [PresenceElement] = []
    }

    var id: String?
    var type: String?
    var language: String?
    var subjects: [FieldValue] = []
    var body: String?
    var thread: String?
    /// A stamp in UTC.
    var delay: String?
    /// The XHTML of a body, written by the sanitizer.
    var html: String?
    /// The addresses of files.
    var oob: [String] = []
    var originID: String?
    /// Who else got the message.
    var copies: [String] = []
    var extensions: [Extension] = []
    /// Elements that came as a whole.
    private(set) var copied: [XML.Element] = []
    /// What rows have written inside elements; of several rows that write one field the first counts.
    private var written: Set<FieldSelector> = []

    /// Whether there is something beside the text.
    var hasElements: Bool { !extensions.isEmpty || !copied.isEmpty || !oob.isEmpty }

    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
        if values.isEmpty { return }
        switch selector {
        case .core(let field): try set(values, for: field)
        case .element(let namespace, let name, let attribute):
            guard extensions.count + values.count <= Self.elementLimit else {
                throw ConversionFault("A stanza has at most \(Self.elementLimit) elements of rows.")
            }
            guard PartName.isElement(name), attribute.map(PartName.isElement) ?? true else {
                throw FieldConversion.fault("is no name", attribute ?? name)
            }
            for value in values { set(value, namespace, name, attribute) }
        case .descendant(let namespace, let name, let path, let attribute):
            guard written.insert(selector).inserted else { return }
            try set(values, namespace, name, path, attribute)
        case .markup(let namespace, let name):
            for value in values {
                guard copied.count < Self.largestCount else {
                    throw ConversionFault("A stanza has at most \(Self.largestCount) elements that came as a whole.")
                }
                copied.append(try FieldConversion.element(value.text, name, namespace))
            }
        case .header, .annotation, .part, .content: break
        }
    }

    /// The most elements that rows make.
    static let elementLimit = 256
    /// The most elements that come as a whole.
    static let largestCount = 16

    /// Values of several rows join in one element.
    private mutating func set(
        _ values: FieldValues,
        _ namespace: String,
        _ name: String,
        _ path: ElementPath,
        _ attribute: String?
    ) throws(ConversionFault) {
        let index = extensions.firstIndex { $0.name == name && $0.namespace == namespace }
        let children = index.map { extensions[$0].children } ?? []
        var tree = ElementTree(side: .stanza, elements: [PresenceElement(name, namespace, children: children)])
        try tree.set(Array(values), namespace, name, path, attribute)
        let made = tree.elements.first?.children ?? []
        if let index {
            extensions[index].children = made
        } else {
            extensions.append(Extension(namespace: namespace, name: name, children: made))
        }
    }

    mutating func set(_ values: FieldValues, for field: CoreField) throws(ConversionFault) {
        guard let first = values.first else { return }
        switch field {
        case .id: id = id ?? (first.text.isEmpty ? nil : first.text)
        case .type: type = type ?? first.text
        case .lang: language = language ?? first.text
        case .subject: if subjects.isEmpty { subjects = Array(values) }
        case .body: body = body ?? first.text
        case .thread: thread = thread ?? first.text
        case .delay: delay = delay ?? first.text
        case .html: html = html ?? first.text
        case .oob: if oob.isEmpty { oob = values.map(\.text) }
        case .originID: originID = originID ?? first.text
        case .cc: if copies.isEmpty { copies = values.map(\.text) }
        default: break
        }
    }

    /// An attribute goes to the element that a row before has made; text always makes an element.
    private mutating func set(_ value: FieldValue, _ namespace: String, _ name: String, _ attribute: String?) {
        guard let attribute else {
            extensions.append(Extension(namespace: namespace, name: name, text: value.text, language: value.language))
            return
        }
        let index = extensions.lastIndex { element in
            element.name == name && element.namespace == namespace
                && !element.attributes.contains { $0.name == attribute }
        }
        if let index {
            extensions[index].attributes.append((attribute, value.text))
        } else {
            extensions.append(Extension(namespace: namespace, name: name, attributes: [(attribute, value.text)]))
        }
    }
}

extension StanzaTarget {
    /// Writes the stanza.
    ///
    /// - Parameters:
    ///   - from: the sender.
    ///   - to: the addressee.
    ///   - id: the identifier.
    ///   - contentNamespace: the namespace of the stream.
    ///   - gatewayDomain: who put the stamp on.
    /// - Returns: the bytes, and how many characters XML could not carry.
    ///
    /// Source: RFC 6121 §5.2, XEP-0203 §2.
    func write(
        from: String,
        to: String,
        id: String,
        contentNamespace: String,
        gatewayDomain: String
    ) -> (bytes: [UInt8], replaced: Int) {
        var writer = XML.Writer(inherited: contentNamespace)
        writer.reserve((body?.utf8.count ?? 0) + (html?.utf8.count ?? 0) + 512)
        writer.start("message")
        writer.attribute("from", from)
        writer.attribute("to", to)
        writer.attribute("id", id)
        if let type { writer.attribute("type", type) }
        if let language { writer.attribute("xml:lang", language) }
        for subject in subjects {
            writer.start("subject")
            // The language of the stanza is inherited and need not be repeated.
            if let own = subject.language, own != language { writer.attribute("xml:lang", own) }
            writer.text(subject.text)
            writer.end()
        }
        // Elements that speak for themselves need no empty text beside them.
        if let body, !body.isEmpty || !hasElements { text("body", body, to: &writer) }
        if let thread { text("thread", thread, to: &writer) }
        writeExtensions(to: &writer, gatewayDomain)
        writer.end()
        return (writer.bytes, writer.replaced)
    }

    private func writeExtensions(to writer: inout XML.Writer, _ gatewayDomain: String) {
        if let html, let body = Self.markup(html) {
            writer.start("html", "http://jabber.org/protocol/xhtml-im")
            writer.copy(body)
            writer.end()
        }
        if !copies.isEmpty { writeCopies(to: &writer) }
        for link in oob {
            writer.start("x", "jabber:x:oob")
            text("url", link, to: &writer)
            writer.end()
        }
        for element in extensions {
            writer.start(element.name, element.namespace)
            for (name, value) in element.attributes { writer.attribute(name, value) }
            if let language = element.language { writer.attribute("xml:lang", language) }
            if let text = element.text, !text.isEmpty { writer.text(text) }
            for child in element.children { writer.write(child) }
            writer.end()
        }
        for element in copied { writer.copy(element) }
        if let delay {
            writer.start("delay", "urn:xmpp:delay")
            writer.attribute("from", gatewayDomain)
            writer.attribute("stamp", delay)
            writer.end()
        }
        if let originID {
            writer.start("origin-id", "urn:xmpp:sid:0")
            writer.attribute("id", originID)
            writer.end()
        }
    }

    /// The markup as a body of XHTML; nil when it is not well-formed.
    ///
    /// Source: XEP-0071 §5.
    private static func markup(_ html: String) -> XML.Element? {
        let document = "<body xmlns='http://www.w3.org/1999/xhtml'>" + html + "</body>"
        return try? XML.DocumentReader.read(Array(document.utf8)[...])
    }

    /// Source: XEP-0033 §4.
    private func writeCopies(to writer: inout XML.Writer) {
        writer.start("addresses", StanzaContent.addresses)
        for copy in copies {
            writer.start("address")
            writer.attribute("type", "cc")
            writer.attribute("jid", copy)
            writer.attribute("delivered", "true")
            writer.end()
        }
        writer.end()
    }

    private func text(_ name: String, _ text: String, to writer: inout XML.Writer) {
        writer.start(name)
        if !text.isEmpty { writer.text(text) }
        writer.end()
    }
}

import MappingTables
import PIDF
import XMLStreams

/// What the field table makes of a tuple for a presence stanza.
struct PresenceTarget: FieldTarget {
    var show: String?
    private(set) var statuses: [FieldValue] = []
    private(set) var priority: String?
    private(set) var idle: String?
    var extensions = ElementTree(side: .stanza)
    /// What rows have written inside elements; of several rows that write one field the first counts.
    private var written: Set<FieldSelector> = []

    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
        guard let first = values.first else { return }
        switch selector {
        case .core(.status): for value in values { add(status: value) }
        case .core(.priority): priority = priority ?? first.text
        case .core(.idle): idle = idle ?? first.text
        case .element(let namespace, let name, let attribute):
            try extensions.set(Array(values), namespace, name, .none, attribute)
        case .descendant(let namespace, let name, let path, let attribute):
            guard written.insert(selector).inserted else { break }
            try extensions.set(Array(values), namespace, name, path, attribute)
        case .markup(let namespace, let name):
            for value in values {
                extensions.elements.append(PresenceElement(try FieldConversion.element(value.text, name, namespace)))
            }
        case .core, .part, .header, .annotation, .content: break
        }
    }

    /// A stanza has one status for each language.
    ///
    /// Source: RFC 6121 §4.7.2.2.
    mutating func add(status: FieldValue) {
        let language = status.language?.lowercased()
        if statuses.contains(where: { $0.language?.lowercased() == language }) { return }
        statuses.append(status)
    }

    /// Takes out the elements that stand in personal events or in a card and in no presence, the first of each kind.
    ///
    /// - Parameter nodes: the names of payloads by the nodes of events, as the rows have them.
    /// - Returns: the events.
    ///
    /// Source: XEP-0107 §2.2, XEP-0108 §2.2, XEP-0080 §4, XEP-0172 §4.3.
    mutating func takeEvents(_ nodes: [String: String]) -> [PersonalEvent] {
        func isApart(_ namespace: String) -> Bool { nodes[namespace] != nil || namespace == PersonalEvent.card }
        var events: [PersonalEvent] = []
        for element in extensions.elements where isApart(element.namespace) {
            if events.contains(where: { $0.node == element.namespace }) { continue }
            var writer = XML.Writer()
            writer.write(element)
            events.append(PersonalEvent(node: element.namespace, payload: writer.bytes))
        }
        extensions.elements.removeAll { isApart($0.namespace) }
        return events
    }

    /// Writes the children of the stanza.
    ///
    /// - Parameters:
    ///   - language: the language of the stanza, which its texts inherit.
    ///   - document: the document that the presence was taken from, to be carried with it.
    /// - Returns: the bytes.
    ///
    /// Source: RFC 6121 §4.7.2, XEP-0319 §2.
    func write(language: String?, document: XML.Element?) -> [UInt8] {
        var writer = XML.Writer()
        if let show { writer.element("show", text: show) }
        for status in statuses {
            let own = status.language == language ? nil : status.language ?? ""
            writer.element("status", nil, ["xml:lang": own], text: status.text)
        }
        if let priority { writer.element("priority", text: priority) }
        if let idle { writer.element("idle", PresenceNames.idle, ["since": idle]) }
        for element in extensions.elements { writer.write(element) }
        if let document { writer.copy(document) }
        return writer.bytes
    }
}

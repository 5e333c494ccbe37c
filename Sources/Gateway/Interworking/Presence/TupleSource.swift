import CPIM
import MappingTables
import PIDF

/// What one tuple, with the person and the device that it belongs to, gives to the field table.
struct TupleSource: FieldSource {
    let tuple: PresenceTuple
    let context: DocumentContext

    func values(of selector: FieldSelector) -> FieldValues { FieldValues(list(of: selector)) }

    var anchors: [FieldAnchor]? { (tuple.elements + tuple.status).map { $0.anchor } }

    private func list(of selector: FieldSelector) -> [FieldValue] {
        switch selector {
        case .core(.note): notes
        case .core(.contactPriority):
            isOpen ? tuple.contact?.priority.map { [FieldValue(text: $0.description)] } ?? [] : []
        case .core(.timestamp): tuple.timestamp.map { [FieldValue(text: $0)] } ?? []
        case .core(.userInput): userInput
        case .part(.tuple, let namespace, let name, let path, let attribute):
            context.tree(tuple.elements).values(namespace, name, path, attribute)
        case .part(.status, let namespace, let name, let path, let attribute):
            context.tree(tuple.status).values(namespace, name, path, attribute)
        case .core, .part, .element, .markup, .descendant, .header, .annotation, .content: []
        }
    }

    private var isOpen: Bool { tuple.basic == .open }

    /// The notes of the tuple, else those of the person, else those of the presentity.
    ///
    /// Source: RFC 4479 §5, RFC 3863 §4.1.6.
    private var notes: [FieldValue] {
        for notes in [tuple.notes, context.person?.notes ?? [], context.document.notes] {
            let values = notes.compactMap { note in
                Blank.isBlank(note.text)
                    ? nil : FieldValue(text: note.text, language: note.language ?? context.language)
            }
            if !values.isEmpty { return values }
        }
        return []
    }

    /// Since when an available resource is idle, by the tuple, the device or the person.
    ///
    /// Source: RFC 4480 §3.14, RFC 4479 §5.
    private var userInput: [FieldValue] {
        guard isOpen, let input = context.userInput(of: tuple), SingleLine.text(input.text) == "idle" else { return [] }
        return [FieldValue(text: input.attribute("last-input") ?? "")]
    }
}

/// What the person of a document gives to the field table.
struct PersonSource: FieldSource {
    let context: DocumentContext
    /// Where the user is; nil when that is not said, or not to be told.
    var location: PlacedLocation?
    /// The language of the watcher; nil when it is not known.
    var language: String?

    func values(of selector: FieldSelector) -> FieldValues { FieldValues(list(of: selector)) }

    var anchors: [FieldAnchor]? {
        (context.person?.elements ?? []).map { $0.anchor } + (location == nil ? [] : [.civicAddress])
    }

    private func list(of selector: FieldSelector) -> [FieldValue] {
        guard case .part(.person, let namespace, let name, let path, let attribute) = selector else {
            return location.map { LocationSource(location: $0).values(of: selector) } ?? []
        }
        let values = context.tree(context.person?.elements ?? []).values(namespace, name, path, attribute)
        return namespace == PresenceNamespace.cipid ? chosen(values) : values
    }

    /// Of names in several languages the one in the language of the watcher, then in a variety of it, then one without a
    /// language, then the first.
    ///
    /// Source: RFC 4482 §3.2.
    private func chosen(_ values: [FieldValue]) -> [FieldValue] {
        guard let first = values.first else { return [] }
        func primary(_ tag: String) -> String { tag.lowercased().split(separator: "-").first.map { String($0) } ?? "" }
        let best = language.flatMap { language in
            values.first { $0.language?.lowercased() == language.lowercased() }
                ?? values.first { $0.language.map(primary) == primary(language) }
        }
        let value = best ?? values.first { $0.language == nil } ?? first
        return [FieldValue(text: SingleLine.text(value.text))]
    }
}

extension PresenceElement {
    /// What a row must name to take something of the element.
    fileprivate var anchor: FieldAnchor { FieldAnchor(namespace: namespace, name: name) }
}

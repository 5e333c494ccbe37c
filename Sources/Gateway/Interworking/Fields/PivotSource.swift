import CPIM
import MIME
import MappingTables

/// What the pivot gives to the field tables.
struct PivotSource: FieldSource {
    let pivot: Pivot
    /// The text of the content, when somebody can read it.
    let text: MessageText?
    /// Whether the target has room for one subject.
    var choosesSubject = false

    func values(of selector: FieldSelector) -> [FieldValue] {
        switch selector {
        case .core(let field): core(field)
        case .header(let namespace, let name): headers(namespace ?? CPIMNamespace.core, name)
        case .annotation(let namespace, let name):
            pivot.annotations.compactMap { annotation in
                annotation.name == name && annotation.namespace == namespace ? FieldValue(text: annotation.value) : nil
            }
        case .element: []
        }
    }

    private func core(_ field: CoreField) -> [FieldValue] {
        switch field {
        case .from: [FieldValue(text: pivot.message.from.uriText)]
        case .to: [FieldValue(text: pivot.message.to.uriText)]
        case .cc: pivot.copies.map { FieldValue(text: $0.uriText) }
        case .dateTime: one(pivot.message.dateTime?.description)
        case .subject: choosesSubject ? chosenSubject() : subjects()
        case .content: one(text?.plain.map { String(decoding: $0, as: UTF8.self) }, text?.language)
        case .html: one(text?.html.map { String(decoding: $0, as: UTF8.self) }, text?.language)
        case .oob: one(text?.url)
        case .contentLanguage: one(text?.language)
        case .contentID: one(pivot.message.content.contentID)
        case .messageID: headers(CPIMNamespace.imdn, CPIMName.messageID.local)
        case .dispositionNotification: dispositions()
        default: one(pivot.annotation(field.rawValue))
        }
    }

    private func one(_ text: String?, _ language: String? = nil) -> [FieldValue] {
        text.map { [FieldValue(text: $0, language: language)] } ?? []
    }

    /// The first subject of each language.
    ///
    /// Source: RFC 6121 §5.2.4.
    private func subjects() -> [FieldValue] {
        var values: [FieldValue] = []
        for subject in pivot.message.subjects {
            let language = subject.language?.lowercased()
            if !values.contains(where: { $0.language?.lowercased() == language }) {
                values.append(FieldValue(text: subject.text, language: subject.language))
            }
        }
        return values
    }

    /// The subject in the language of the text, else that in no language, else the first.
    ///
    /// Source: RFC 7572 §4.
    private func chosenSubject() -> [FieldValue] {
        let values = subjects()
        guard values.count > 1 else { return values }
        let language = text?.language
        let chosen = values.first { $0.language == language } ?? values.first { $0.language == nil } ?? values[0]
        return [chosen]
    }

    private func headers(_ namespace: String, _ name: String) -> [FieldValue] {
        pivot.message.extensions.compactMap { header in
            header.name == name && header.namespace == namespace ? FieldValue(text: header.value) : nil
        }
    }

    /// The kinds of notification asked for, one value each, parameters removed.
    ///
    /// Source: RFC 5438 §6.3.
    private func dispositions() -> [FieldValue] {
        guard let list = headers(CPIMNamespace.imdn, CPIMName.dispositionNotification.local).first?.text else {
            return []
        }
        return list.utf8.split(separator: UInt8(ascii: ",")).compactMap { item in
            let token = item.drop { $0 == 0x20 || $0 == 0x09 }.prefix {
                $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: ";")
            }
            return token.isEmpty ? nil : FieldValue(text: String(decoding: token, as: UTF8.self))
        }
    }
}

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

    func values(of selector: FieldSelector) -> FieldValues {
        switch selector {
        case .core(let field): values(of: field)
        case .header(let namespace, let name): headers(namespace ?? CPIMNamespace.core, name)
        case .annotation(let namespace, let name):
            FieldValues(
                pivot.annotations.lazy.filter { $0.name == name && $0.namespace == namespace }.map {
                    FieldValue(text: $0.value)
                }
            )
        case .content(let part):
            FieldValues(
                (text?.parts ?? []).lazy.filter { $0.isNamed(by: part) }.flatMap { Array($0.values(part.form)) }
            )
        case .element, .markup, .descendant, .part: []
        }
    }

    var anchors: [FieldAnchor]? {
        // A row that names no namespace means the headers that need none.
        let core = pivot.message.extensions.filter { $0.namespace == CPIMNamespace.core }
        return pivot.message.extensions.map { FieldAnchor(namespace: $0.namespace, name: $0.name) }
            + core.map { FieldAnchor(namespace: "", name: $0.name.lowercased()) }
            + pivot.annotations.map { FieldAnchor(namespace: $0.namespace, name: $0.name) }
    }

    func values(of field: CoreField) -> FieldValues {
        switch field {
        case .from: FieldValues(text: pivot.message.from.uriText)
        case .to: FieldValues(text: pivot.message.to.uriText)
        case .cc: FieldValues(pivot.copies.lazy.map { FieldValue(text: $0.uriText) })
        case .dateTime: FieldValues(text: pivot.message.dateTime?.description)
        case .subject: choosesSubject ? chosenSubject() : subjects()
        case .content:
            FieldValues(text: text?.plain.map { String(decoding: $0, as: UTF8.self) }, language: text?.language)
        case .html: FieldValues(text: text?.html.map { String(decoding: $0, as: UTF8.self) }, language: text?.language)
        case .oob: FieldValues(text: text?.url)
        case .contentLanguage: FieldValues(text: text?.language)
        case .fromName: FieldValues(text: pivot.message.from.formalName)
        case .contentID: FieldValues(text: pivot.message.content.contentID)
        case .messageID: headers(CPIMNamespace.imdn, CPIMName.messageID.local)
        case .dispositionNotification: dispositions()
        default: FieldValues(text: pivot.annotation(field.rawValue))
        }
    }

    /// The first subject of each language.
    ///
    /// Source: RFC 6121 §5.2.4.
    private func subjects() -> FieldValues {
        var values = FieldValues()
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
    /// Source: RFC 7572 §4; the case of a tag means nothing (RFC 5646 §2.1.1).
    private func chosenSubject() -> FieldValues {
        let values = subjects()
        guard values.count > 1 else { return values }
        let language = text?.language?.lowercased()
        let chosen = values.first { $0.language?.lowercased() == language }
        return FieldValues(chosen ?? values.first { $0.language == nil } ?? values[0])
    }

    private func headers(_ namespace: String, _ name: String) -> FieldValues {
        FieldValues(
            pivot.message.extensions.lazy.filter { $0.name == name && $0.namespace == namespace }.map {
                FieldValue(text: $0.value)
            }
        )
    }

    /// The kinds of notification asked for, one value each, parameters removed.
    ///
    /// Source: RFC 5438 §6.3.
    private func dispositions() -> FieldValues {
        guard let list = headers(CPIMNamespace.imdn, CPIMName.dispositionNotification.local).first?.text else {
            return []
        }
        let values = list.utf8.split(separator: UInt8(ascii: ",")).compactMap { item in
            let token = item.drop { $0 == 0x20 || $0 == 0x09 }.prefix {
                $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: ";")
            }
            return token.isEmpty ? nil : FieldValue(text: String(decoding: token, as: UTF8.self))
        }
        return FieldValues(values)
    }
}

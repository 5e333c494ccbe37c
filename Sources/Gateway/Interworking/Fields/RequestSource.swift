import Addressing
import CPIM
import MappingTables
import SIPMessages

/// What a SIP request gives to the field tables.
struct RequestSource: FieldSource {
    let request: SIPRequest
    /// The address of the proved sender, a `gr` of the header moved into it, and that which the request was sent to.
    let ends: (sender: String, recipient: String)

    func values(of selector: FieldSelector) -> FieldValues {
        switch selector {
        case .core(let field): values(of: field)
        case .header(_, let name): FieldValues(request.headers.all(named: name).lazy.map { FieldValue(text: $0.text) })
        case .element, .markup, .annotation, .descendant, .part, .content: []
        }
    }

    func values(of field: CoreField) -> FieldValues { FieldValues(text: core(field)) }

    /// Each header by the name on the wire, its full name and its compact form.
    var anchors: [FieldAnchor]? {
        request.headers.flatMap { field in
            var names = [String(decoding: field.nameBytes, as: UTF8.self)]
            if field.name != .other { names += [field.name.rawValue, field.name.compactForm.map { String($0) } ?? ""] }
            return names.map { FieldAnchor(namespace: "", name: $0.lowercased()) }
        }
    }

    private func core(_ field: CoreField) -> String? {
        let headers = request.headers
        switch field {
        case .requestURI: return ends.recipient
        case .from: return ends.sender
        case .to: return (try? headers.to()).map { String(decoding: $0.uriBytes, as: UTF8.self) }
        case .callID: return headers.text(.callID)
        case .branch: return (try? request.topVia())?.branch
        case .subject: return headers.subject
        case .contentLanguage: return headers.first(.contentLanguage).flatMap { LanguageList.first($0.value) }
        case .contentType: return headers.text(.contentType)
        // The octets go with the part; whether they cross is what the row decides.
        case .body: return ""
        case .date: return Self.date(headers)?.description
        case .expires: return headers.expires.map { String($0) }
        case .priority: return headers.priority
        case .inReplyTo: return headers.list(.inReplyTo).first
        case .fromName: return (try? request.from())?.displayName
        default: return nil
        }
    }

    /// The Date header as a date-time of RFC 3339; nil when there is none or it is not one.
    static func date(_ headers: SIPHeaders) -> CPIMDateTime? {
        guard let field = headers.first(.date), let date = SIPDate(bytes: field.value) else { return nil }
        return CPIMDateTime(milliseconds: date.secondsSince1970 * 1_000)
    }
}

extension NameAddress {
    /// The URI, with a `gr` that stands after `>` moved into it where it has none.
    ///
    /// Peers write it there because the printed examples of RFC 7573, 7702 and 8048 do.
    ///
    /// - Parameter found: the URI as it was read.
    /// - Returns: the URI.
    func address(_ found: AddressURI) -> AddressURI {
        guard case .sip = found, let misplaced = parameters["gr"]?.value else { return found }
        return found.at(misplaced)
    }
}

import Addressing
import MappingTables
import PIDF

/// What the location in a document gives to the field table.
///
/// Source: RFC 4119 §2.2, RFC 5491 §5.2.
struct LocationSource {
    let location: PlacedLocation

    func values(of selector: FieldSelector) -> [FieldValue] {
        let object = location.object
        let text: String?
        switch selector {
        case .core(.latitude): text = object.position?.latitude.text
        case .core(.longitude): text = object.position?.longitude.text
        case .core(.altitude): text = object.position?.altitude?.text
        case .core(.accuracy): text = object.radius?.text
        case .core(.locationTime): text = location.timestamp
        case .part(.civic, _, let name, _, _):
            text = CivicNames(name)?.joined { name in object.civic.first { $0.name == name }?.text }
        case .core, .part, .element, .markup, .descendant, .header, .annotation, .content: text = nil
        }
        return text.map { [FieldValue(text: $0)] } ?? []
    }
}

extension FieldRules {
    /// The fields of a location in a document, beside the parts of its civic address.
    private static let locationFields: [CoreField] = [.latitude, .longitude, .altitude, .accuracy, .locationTime]

    /// Whether rows read the location in documents.
    var readLocations: Bool {
        !civicNames(.toXMPP).isEmpty || Self.locationFields.contains { takes(.core($0), .toXMPP) }
    }
}

extension Crossing {
    /// Whether the location of a user may cross.
    ///
    /// Source: XEP-0080 §8.
    func mayTellLocation(of user: Correspondent) -> Bool {
        route.switches.includes(.geoUsers, user: user.jid.bare.description)
    }

    /// The location in a document, where rows read one and the user is among those whose location crosses; what is said
    /// of it and not read is lost.
    ///
    /// Source: RFC 5491 §3, RFC 4119 §2.2.2.
    mutating func location(in context: DocumentContext, of user: Correspondent) -> PlacedLocation? {
        let rules = route.presenceFields
        guard rules.readLocations, mayTellLocation(of: user) else { return nil }
        let finding = context.document.location(receivedAt: PresenceTime(seconds: setting.facts.now / 1_000))
        if finding.hasExpired { notes.append("geo-expired") }
        var lost = finding.unread
        if let parts = finding.location?.object.civic {
            let known = rules.civicNames(.toXMPP)
            lost += parts.filter { !known.contains($0.name) }.map { "civicAddress/\($0.name)" }
        }
        var seen: Set<String> = []
        for name in lost where seen.insert(name).inserted { trace.lose(.presenceDocument, name) }
        return finding.location
    }
}

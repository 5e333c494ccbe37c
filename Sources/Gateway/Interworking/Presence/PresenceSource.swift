public import Addressing
import CPIM
import MappingTables
import PIDF
import XMLStreams
public import XMPPStanzas

/// What the presence of one resource gives to the field table.
struct PresenceSource: FieldSource {
    let stanza: PresenceStanza
    /// When the stanza was first sent, or else came.
    let time: CPIMDateTime
    /// The time that the document tells.
    private let told: CPIMDateTime
    let setting: Setting
    private let sender: JID

    init?(_ presence: ResourcePresence, of sender: JID, setting: Setting) {
        guard let stanza = PresenceStanza(presence.element) else { return nil }
        self.stanza = stanza
        self.setting = setting
        self.sender = sender
        let stamp = DelaySelection.stamp(
            of: stanza,
            sender: sender,
            now: setting.facts.now,
            gateway: setting.facts.gatewayDomain
        )
        time = stamp ?? CPIMDateTime(milliseconds: presence.seen)
        told = presence.told.map { CPIMDateTime(milliseconds: $0) } ?? time
    }

    func values(of selector: FieldSelector) -> FieldValues {
        switch selector {
        case .core(let field): values(of: field)
        case .descendant(PresenceNames.location, _, _, _) where !mayTellLocation: FieldValues()
        case .element, .markup, .descendant: FieldValues(EventSource.values(of: selector, in: stanza.payloads))
        case .header, .annotation, .part, .content: FieldValues()
        }
    }

    func values(of field: CoreField) -> FieldValues {
        switch field {
        case .status: statuses
        case .priority: priority
        case .delay: FieldValues(text: told.utcText)
        case .idle: idle
        case .lang: one(stanza.language)
        case .id: one(stanza.id)
        default: FieldValues()
        }
    }

    var anchors: [FieldAnchor]? { EventSource(payloads: stanza.payloads).anchors }

    /// Source: XEP-0080 §8.
    private var mayTellLocation: Bool {
        setting.route.switches.includes(.geoUsers, user: sender.bare.description)
    }

    private func one(_ text: String?) -> FieldValues { FieldValues(text: text.flatMap { $0.isEmpty ? nil : $0 }) }

    /// The statuses that say something.
    ///
    /// Source: RFC 6121 §4.7.2.2.
    private var statuses: FieldValues {
        var values = FieldValues()
        for status in stanza.statuses where !Blank.isBlank(status.text) {
            values.append(FieldValue(text: status.text, language: status.language.flatMap { $0.isEmpty ? nil : $0 }))
        }
        return values
    }

    /// The priority of an available resource.
    ///
    /// Source: RFC 6121 §4.7.2.3.
    private var priority: FieldValues {
        guard stanza.kind == .available else { return FieldValues() }
        let element = stanza.element.children.first {
            $0.sharesNamespace(with: stanza.element) && $0.isNamed("priority")
        }
        return one(element?.text)
    }

    /// Since when an available resource is idle: what it says, or what the query that came before that says.
    ///
    /// Without a show the query tells when the user was last online, which is another thing.
    ///
    /// Source: XEP-0319 §2, XEP-0256 §2, XEP-0012 §3.
    private var idle: FieldValues {
        guard stanza.kind == .available else { return FieldValues() }
        if let since = stanza.payload("idle", PresenceNames.idle)?.attribute("since") {
            return FieldValues(text: since)
        }
        guard let text = stanza.payload("query", PresenceNames.last)?.attribute("seconds"), let seconds = UInt32(text),
            stanza.show == .away || stanza.show == .xa
        else { return FieldValues() }
        let since = CPIMDateTime(milliseconds: time.milliseconds - Int64(seconds) * 1_000)
        return FieldValues(text: since.utcText)
    }
}

extension PresenceTranslator {
    /// When a presence was first sent, as its stamps say.
    ///
    /// - Parameters:
    ///   - stanza: the presence.
    ///   - sender: who sent it.
    ///   - now: the time, in milliseconds since 1970-01-01T00:00:00Z.
    ///   - gateway: the gateway's own name.
    /// - Returns: the time, as `now`; nil when the presence was not delayed.
    ///
    /// Source: XEP-0203 §4.
    public static func sent(
        _ stanza: PresenceStanza,
        by sender: JID,
        now: Int64,
        gateway: String
    ) -> Int64? {
        DelaySelection.stamp(of: stanza, sender: sender, now: now, gateway: gateway)?.milliseconds
    }
}

/// What the payloads of personal events give to the field table.
///
/// Source: XEP-0163 §4.
struct EventSource: FieldSource {
    let payloads: [XML.Element]

    func values(of selector: FieldSelector) -> FieldValues { FieldValues(list(of: selector)) }

    var anchors: [FieldAnchor]? { payloads.map { FieldAnchor(namespace: $0.namespace, name: $0.name) } }

    private func list(of selector: FieldSelector) -> [FieldValue] { Self.values(of: selector, in: payloads) }

    /// What elements give to a row that names one of them.
    static func values(of selector: FieldSelector, in elements: [XML.Element]) -> [FieldValue] {
        switch selector {
        case .element(let namespace, let name, let attribute):
            elements.compactMap { element in
                guard element.is(name, namespace) else { return nil }
                guard let attribute else { return FieldValue(text: element.text, language: element.language) }
                return element.attribute(attribute).map { FieldValue(text: $0) }
            }
        case .descendant(let namespace, let name, let path, let attribute):
            ElementTree(
                side: .stanza,
                elements: elements.filter { $0.is(name, namespace) && !isUnclear(path, in: $0) }
                    .map { PresenceElement($0) }
            ).values(namespace, name, path, attribute)
        case .markup(let namespace, let name):
            elements.filter { $0.is(name, namespace) }.map { element in
                var writer = XML.Writer()
                writer.copy(element)
                return FieldValue(text: String(decoding: writer.bytes, as: UTF8.self))
            }
        case .core, .header, .annotation, .part, .content: []
        }
    }
}

extension EventSource {
    /// Whether a geographic location is measured from something else than documents measure from.
    ///
    /// Source: XEP-0080 §3, RFC 5491 §5.
    static func isForeignDatum(_ element: XML.Element) -> Bool {
        guard let datum = element.children.first(where: { $0.name == "datum" })?.text else { return false }
        let letters = datum.uppercased().unicodeScalars.filter { $0.properties.isAlphabetic || "0"..."9" ~= $0 }
        let name = String(String.UnicodeScalarView(letters))
        return !["", "WGS84", "WGS1984"].contains(name)
    }

    /// Whether a part of a location means something else on the other side.
    private static func isUnclear(_ path: ElementPath, in element: XML.Element) -> Bool {
        guard element.is("geoloc", PresenceNames.location), let name = path.names.first,
            ["lat", "lon", "alt", "accuracy"].contains(name)
        else { return false }
        return isForeignDatum(element)
    }
}

/// Text without anything to read.
enum Blank {
    /// Whether a text is empty or holds white space only.
    static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    }
}

import MappingTables
import XMLStreams
import XMPPStanzas

/// The parts of a body that only stand in for something that a row carries.
///
/// Source: XEP-0428 §2.2, XEP-0461 §3.1.
struct FallbackText {
    /// The ranges that are cut, in characters of Unicode; nil stands for the whole body.
    private var ranges: [Range<Int>]? = []

    static let namespace = "urn:xmpp:fallback:0"

    /// The most ranges of one message that are looked at.
    static let limit = 32

    /// Finds the ranges in a message.
    ///
    /// - Parameters:
    ///   - stanza: the message.
    ///   - isCarried: whether rows carry what the elements of a namespace say.
    init(_ stanza: MessageStanza, isCarried: (String) -> Bool) {
        for fallback in stanza.element.children where fallback.is("fallback", Self.namespace) {
            guard let namespace = fallback.attribute("for"), isCarried(namespace) else { continue }
            let regions = fallback.children.filter { $0.namespace == Self.namespace }
            if regions.isEmpty { ranges = nil }
            for region in regions where region.name == "body" { add(region) }
        }
    }

    private mutating func add(_ region: XML.Element) {
        guard let known = ranges, known.count < Self.limit else { return }
        switch (region.attribute("start"), region.attribute("end")) {
        case (nil, nil): ranges = nil
        case (let start?, let end?):
            guard let start = Int(start), let end = Int(end), start >= 0, start < end else { return }
            ranges = known + [start..<end]
        default: return
        }
    }

    /// Whether nothing is cut.
    var isEmpty: Bool { ranges?.isEmpty ?? false }

    /// A body without them; a range that reaches beyond its end is none.
    func cut(_ body: String) -> String {
        guard let ranges else { return "" }
        guard !ranges.isEmpty else { return body }
        let scalars = body.unicodeScalars
        let count = scalars.count
        let valid = ranges.filter { $0.upperBound <= count }
        guard !valid.isEmpty else { return body }
        var kept = String.UnicodeScalarView()
        for (place, scalar) in scalars.enumerated() where !valid.contains(where: { $0.contains(place) }) {
            kept.append(scalar)
        }
        return String(kept)
    }
}

extension Crossing {
    /// Whether what an element of a message says reaches the recipient by a row.
    ///
    /// What is never sent carries nothing: an annotation that no row of the carrier takes, and a header where the
    /// request has no envelope.
    func carries(_ namespace: String, of source: StanzaSource) -> Bool {
        let carrier = MessageTranslator.carrier(self)
        return route.messageFields.inward.contains { rule in
            guard rule.source.element?.namespace == namespace, !source.values(of: rule.source).isEmpty else {
                return false
            }
            switch rule.target {
            case .core(.content), .core(.marker): return false
            case .content: return true
            case .header where carrier == .cpim: return true
            default: return route.carrierFields.names(rule.target, way: .toSIP)
            }
        }
    }
}

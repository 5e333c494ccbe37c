import MappingTables
import PIDF
import XMLStreams

/// The document that stanzas carry inside them, without the locations that may not go with it.
///
/// A location goes where rows read locations, the user is among those whose location crosses, and its rules let it be
/// given to others and kept.
///
/// Source: RFC 4119 §2.2.2, XEP-0080 §8.
struct DocumentCopy {
    let element: XML.Element
    /// When the first of its locations may not be kept any longer; nil when it has none.
    private(set) var expires: PresenceTime?

    init?(_ bytes: ArraySlice<UInt8>, tellsLocations: Bool, now: PresenceTime) {
        guard let root = try? XML.DocumentReader.read(bytes) else { return nil }
        guard Self.holdsLocation(root) else {
            element = root
            return
        }
        var earliest: PresenceTime?
        let rest = Self.rest(of: PresenceElement(root), nil) { location, timestamp in
            guard tellsLocations, let rules = LocationObject(location)?.rules, rules.isRetransmissionAllowed else {
                return false
            }
            let end = rules.expires(timestamp: timestamp, receivedAt: now)
            guard end > now else { return false }
            earliest = min(earliest ?? end, end)
            return true
        }
        var writer = XML.Writer()
        writer.write(rest)
        guard let copy = try? XML.DocumentReader.read(writer.bytes[...]) else { return nil }
        element = copy
        expires = earliest
    }

    /// The depth is that of the document, which its reader bounds.
    private static func holdsLocation(_ element: XML.Element) -> Bool {
        element.is("geopriv", PresenceNamespace.geopriv) || element.children.contains { holdsLocation($0) }
    }

    /// An element with the locations inside it that are kept.
    ///
    /// - Parameters:
    ///   - element: the element.
    ///   - timestamp: when what is around it was so.
    ///   - isKept: whether a location stays, by itself and its timestamp.
    /// - Returns: what is left.
    private static func rest(
        of element: PresenceElement,
        _ timestamp: String?,
        where isKept: (PresenceElement, String?) -> Bool
    ) -> PresenceElement {
        let own = element.children.first {
            $0.is("timestamp", PresenceNamespace.pidf) || $0.is("timestamp", PresenceNamespace.dataModel)
        }
        let timestamp = own.map { SingleLine.text($0.text) } ?? timestamp
        var rest = element
        rest.content = element.content.compactMap { item in
            guard case .element(let child) = item else { return item }
            if child.is("geopriv", PresenceNamespace.geopriv) { return isKept(child, timestamp) ? item : nil }
            return .element(Self.rest(of: child, timestamp, where: isKept))
        }
        return rest
    }
}

extension Crossing {
    /// The document that stanzas carry; nil where the route does not say so.
    func copy(of bytes: ArraySlice<UInt8>, about user: Correspondent) -> DocumentCopy? {
        guard isSet(.includePIDF, "on") else { return nil }
        return DocumentCopy(
            bytes,
            tellsLocations: route.presenceFields.readLocations && mayTellLocation(of: user),
            now: PresenceTime(seconds: facts.now / 1_000)
        )
    }
}

extension LocationObject {
    /// Reads a location; nil for another element.
    ///
    /// Of several shapes, and of several civic addresses, the first that can be read counts. Shapes are points, circles
    /// and spheres. The name of a description that is not read, or that is beyond a limit, stands in ``unread``.
    ///
    /// - Parameters:
    ///   - element: the element `geopriv`.
    ///   - limits: the bounds.
    ///
    /// Source: RFC 4119 §2.2, RFC 5491 §3, §5.2.
    public init?(_ element: PresenceElement, limits: Limits = Limits()) {
        guard element.is("geopriv", PresenceNamespace.geopriv) else { return nil }
        self.init(rules: Self.rules(element.first("usage-rules", PresenceNamespace.geopriv)))
        let descriptions = element.first("location-info", PresenceNamespace.geopriv)?.children ?? []
        for description in descriptions.prefix(limits.descriptions) where !take(description, limits) {
            unread.append("{\(description.namespace)}\(description.name)")
        }
        if descriptions.count > limits.descriptions { unread.append("{\(PresenceNamespace.geopriv)}location-info") }
    }

    /// Whether a description is taken.
    private mutating func take(_ description: PresenceElement, _ limits: Limits) -> Bool {
        let civics = [PresenceNamespace.civic, PresenceNamespace.civicLoc]
        // The example of RFC 4119 §2.3 has a blank before the namespace.
        if description.name == "civicAddress", civics.contains(XMLSpace.trimmed(description.namespace)) {
            guard civic.isEmpty, let parts = Self.parts(of: description, limits) else { return false }
            civic = parts
            return true
        }
        guard position == nil, let shape = Self.shape(description) else { return false }
        position = shape.position
        radius = shape.radius
        return true
    }

    // MARK: Shapes

    private static func shape(
        _ element: PresenceElement
    ) -> (position: GeodeticPosition, radius: GeodeticNumber?)? {
        let isPoint = element.is("Point", PresenceNamespace.gml)
        let isCircle = element.is("Circle", PresenceNamespace.shapes)
        guard isPoint || isCircle || element.is("Sphere", PresenceNamespace.shapes),
            let text = element.first("pos", PresenceNamespace.gml)?.text, let position = position(text),
            XMLSpace.trimmed(element.attribute("srsName") ?? "")
                == (position.altitude == nil ? System.plane : System.space)
        else { return nil }
        if isPoint { return (position, nil) }
        // A circle lies in a plane, a sphere does not.
        guard isCircle == (position.altitude == nil),
            let measure = element.first("radius", PresenceNamespace.shapes),
            XMLSpace.trimmed(measure.attribute("uom") ?? "") == System.meter,
            let radius = GeodeticNumber(measure.text), radius.value >= 0
        else { return nil }
        return (position, radius)
    }

    /// Two or three coordinates, latitude first.
    private static func position(_ text: String) -> GeodeticPosition? {
        guard text.utf8.count <= 8 * GeodeticNumber.longest else { return nil }
        let words = text.utf8.split(whereSeparator: XMLSpace.isSpace)
        let numbers = words.compactMap { GeodeticNumber(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == words.count, numbers.count == 2 || numbers.count == 3 else { return nil }
        return GeodeticPosition(
            latitude: numbers[0],
            longitude: numbers[1],
            altitude: numbers.count == 3 ? numbers[2] : nil
        )
    }

    // MARK: Addresses

    /// The parts that have a text; nil when there are too many, or none.
    private static func parts(of address: PresenceElement, _ limits: Limits) -> [CivicPart]? {
        var parts: [CivicPart] = []
        var names: Set<String> = []
        let children = address.children
        guard children.count <= limits.civicParts else { return nil }
        for child in children where child.namespace == address.namespace && child.children.isEmpty {
            let text = XMLSpace.trimmed(child.text)
            guard !text.isEmpty, text.utf8.count <= limits.civicBytes, names.insert(child.name).inserted else {
                continue
            }
            parts.append(CivicPart(child.name, text))
        }
        return parts.isEmpty ? nil : parts
    }

    // MARK: Rules

    /// The fields stand in the namespace of the object, as the examples have it, or in that of the schema; the time has
    /// one name in the text and another in examples and schema.
    ///
    /// Source: RFC 4119 §2.2.2, §2.2.5, §2.3.
    private static func rules(_ element: PresenceElement?) -> UsageRules {
        var rules = UsageRules()
        for child in element?.children ?? []
        where child.namespace == PresenceNamespace.geopriv || child.namespace == PresenceNamespace.basicPolicy {
            let text = XMLSpace.trimmed(child.text)
            switch child.name {
            case "retransmission-allowed": rules.isRetransmissionAllowed = ["yes", "true", "1"].contains(text)
            case "retention-expires", "retention-expiry":
                guard let time = PresenceTime(text) else { continue }
                // Of two times the earlier one holds: nothing may be kept longer than either allows.
                rules.retentionExpires = min(rules.retentionExpires ?? time, time)
            default: break
            }
        }
        return rules
    }
}

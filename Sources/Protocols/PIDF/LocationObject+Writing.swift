extension LocationObject {
    /// The location as it is written.
    ///
    /// The shape comes first, then the civic address with its parts in the order of the schema. An address of the parts
    /// that RFC 4119 names is one of its format, another one of the revised format. Rules are always written.
    ///
    /// Source: RFC 4119 §2.2.2, §2.2.5, RFC 5491 §5.2.
    public var element: PresenceElement {
        let gp = PresenceNamespace.geopriv
        var rules = [
            PresenceElement("retransmission-allowed", gp, text: self.rules.isRetransmissionAllowed ? "yes" : "no")
        ]
        if let time = self.rules.retentionExpires {
            rules.append(PresenceElement("retention-expires", gp, text: time.description))
        }
        return PresenceElement(
            "geopriv",
            gp,
            children: [
                PresenceElement("location-info", gp, children: [shape, address].compactMap { $0 }),
                PresenceElement("usage-rules", gp, children: rules),
            ]
        )
    }

    private var shape: PresenceElement? {
        guard let position else { return nil }
        let isPlane = position.altitude == nil
        let system = [PresenceAttribute("srsName", isPlane ? System.plane : System.space)]
        let pos = PresenceElement("pos", PresenceNamespace.gml, text: position.coordinates)
        guard let radius else {
            return PresenceElement("Point", PresenceNamespace.gml, attributes: system, children: [pos])
        }
        let measure = PresenceElement(
            "radius",
            PresenceNamespace.shapes,
            attributes: [PresenceAttribute("uom", System.meter)],
            text: radius.text
        )
        return PresenceElement(
            isPlane ? "Circle" : "Sphere",
            PresenceNamespace.shapes,
            attributes: system,
            children: [pos, measure]
        )
    }

    private var address: PresenceElement? {
        guard !civic.isEmpty else { return nil }
        let labels = Self.labels
        func rank(_ part: CivicPart) -> Int { labels.firstIndex(of: part.name) ?? labels.count }
        let ordered = civic.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
        let isPlain = civic.allSatisfy { labels.contains($0.name) }
        let namespace = isPlain ? PresenceNamespace.civicLoc : PresenceNamespace.civic
        return PresenceElement(
            "civicAddress",
            namespace,
            children: ordered.map { PresenceElement($0.element.name, namespace, text: $0.element.text) }
        )
    }

    /// The parts of a civic address in the order of the schema.
    ///
    /// Source: RFC 4119 §2.2.5.
    static let labels = [
        "country", "A1", "A2", "A3", "A4", "A5", "A6", "PRD", "POD", "STS", "HNO", "HNS", "LMK", "LOC", "FLR", "NAM",
        "PC",
    ]
}

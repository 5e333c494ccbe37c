/// The elements that presence documents are made of, by namespace: what a reader knows whatever else it is told.
public enum PresenceVocabulary {
    /// Whether a name is one of a namespace.
    ///
    /// - Parameters:
    ///   - namespace: the namespace.
    ///   - name: the local name.
    /// - Returns: true for what the documents named below define and what is read of it.
    ///
    /// Source: RFC 3863 §4.2.3.
    public static func contains(_ namespace: String, _ name: String) -> Bool {
        // The example of RFC 4119 §2.3 has a blank before a namespace.
        let namespace = XMLSpace.trimmed(namespace)
        return namespace == PresenceNamespace.places || names[namespace]?.contains(name) ?? false
    }

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map { String($0) }) }

    /// Of geographic shapes only those are here that are read, and of rules none that would have to be fetched.
    private static let names: [String: Set<String>] = [
        PresenceNamespace.pidf: words("presence tuple status basic contact note timestamp"),
        PresenceNamespace.dataModel: words("person device deviceID note timestamp"),
        PresenceNamespace.rpid: rich,
        PresenceNamespace.cipid: words("card display-name homepage icon map sound"),
        PresenceNamespace.im: words("im"),
        PresenceNamespace.jabberClient: words("show"),
        PresenceNamespace.geopriv: rules.union(words("geopriv location-info usage-rules method provided-by")),
        PresenceNamespace.basicPolicy: rules,
        PresenceNamespace.civic: address,
        PresenceNamespace.civicLoc: address,
        PresenceNamespace.gml: words("Point pos"),
        PresenceNamespace.shapes: words("Circle Sphere radius"),
    ]

    /// Source: RFC 4480 §3, §5; `lunch` stands in the text alone.
    private static let rich = words(
        """
        activities class mood place-is place-type privacy relationship service-class sphere status-icon time-offset \
        user-input note other unknown \
        appointment away breakfast busy dinner holiday in-transit looking-for-work lunch meal meeting on-the-phone \
        performance permanent-absence playing presentation shopping sleeping spectator steering travel tv vacation \
        working worship \
        afraid amazed angry annoyed anxious ashamed bored brave calm cold confused contented cranky curious depressed \
        disappointed disgusted distracted embarrassed excited flirtatious frustrated grumpy guilty happy hot humbled \
        humiliated hungry hurt impressed in_awe in_love indignant interested invincible jealous lonely mean moody \
        nervous neutral offended playful proud relieved remorseful restless sad sarcastic serious shocked shy sick \
        sleepy stressed surprised thirsty worried \
        audio video text noisy ok quiet toobright dark uncomfortable inappropriate \
        assistant associate family friend self supervisor courier electronic freight in-person postal home work
        """
    )

    /// Source: RFC 4119 §2.2.2, §2.2.5.
    private static let rules = words("retransmission-allowed retention-expires retention-expiry note-well")

    /// Source: RFC 4119 §2.2.1.
    private static let address = Set(LocationObject.labels + ["civicAddress"])
}

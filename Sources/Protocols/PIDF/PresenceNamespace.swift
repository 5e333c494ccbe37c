/// The namespaces of presence documents.
public enum PresenceNamespace {
    /// PIDF itself; the colon at its end in the prose of RFC 3863 §4.1.1 is a slip, as §4.2.2 and the schema show.
    public static let pidf = "urn:ietf:params:xml:ns:pidf"
    /// Persons and devices (RFC 4479 §5).
    public static let dataModel = "urn:ietf:params:xml:ns:pidf:data-model"
    /// Rich presence (RFC 4480 §5).
    public static let rpid = "urn:ietf:params:xml:ns:pidf:rpid"
    /// Contact information (RFC 4482 §5).
    public static let cipid = "urn:ietf:params:xml:ns:pidf:cipid"
    /// The status of instant messaging that RFC 3922 §5.1.5 uses.
    public static let im = "urn:ietf:params:xml:ns:pidf:im"
    /// Status of the past and the future (RFC 4481 §3).
    public static let timed = "urn:ietf:params:xml:ns:pidf:timed-status"
    /// Partial documents (RFC 5262 §3).
    public static let diff = "urn:ietf:params:xml:ns:pidf-diff"
    /// Who watches (RFC 3858 §3).
    public static let watchers = "urn:ietf:params:xml:ns:watcherinfo"
    /// Capabilities of services and devices.
    public static let caps = "urn:ietf:params:xml:ns:pidf:caps"
    /// Location objects (RFC 4119 §2.2).
    public static let geopriv = "urn:ietf:params:xml:ns:pidf:geopriv10"
    /// Civic addresses of the revised format (RFC 5491 §3).
    public static let civic = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"
    /// Civic addresses (RFC 4119 §2.2.5).
    public static let civicLoc = "urn:ietf:params:xml:ns:pidf:geopriv10:civicLoc"
    /// What may be done with a location (RFC 4119 §2.2.5).
    public static let basicPolicy = "urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy"
    /// Geographic points and shapes.
    public static let gml = "http://www.opengis.net/gml"
    /// Shapes with an uncertainty (RFC 5491 §5.2.3).
    public static let shapes = "http://www.opengis.net/pidflo/1.0"
    /// Kinds of places, whose registry grows (RFC 4480 §3.7).
    public static let places = "urn:ietf:params:xml:ns:location-type"
    /// The namespace that `show` of XMPP keeps inside a status (RFC 8048 §5.2).
    public static let jabberClient = "jabber:client"

    /// The namespaces that get a prefix at the root of a written document, with that prefix.
    static let prefixes: [(namespace: String, prefix: String)] = [
        (dataModel, "dm"), (rpid, "rpid"), (cipid, "c"), (im, "im"), (timed, "ts"), (caps, "caps"), (geopriv, "gp"),
        (civic, "ca"), (civicLoc, "cl"), (gml, "gml"), (shapes, "gs"),
    ]
}

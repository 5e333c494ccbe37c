import SIPMessages

/// The types of a document that a watcher lists in Accept; empty when it has none, and the route decides alone.
///
/// Source: RFC 3856 §6.7.
struct AcceptedTypes: OptionSet {
    let rawValue: UInt8

    /// A document as such.
    static let document = AcceptedTypes(rawValue: 1)
    /// A Message/CPIM object with a document in it.
    static let object = AcceptedTypes(rawValue: 2)

    /// The types with their names.
    private static let named = [(document, SIMPLELeg.pidf), (object, "message/cpim")]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Reads the Accept of a SUBSCRIBE.
    init(_ headers: SIPHeaders) {
        self = []
        for (type, name) in Self.named where (try? headers.accepts(name, isDefault: false)) == true { insert(type) }
    }

    /// The types as media ranges.
    var ranges: [String] { Self.named.filter { contains($0.0) }.map(\.1) }
}

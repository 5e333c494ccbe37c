import CPIM
import MappingTables
import PIDF

/// What the field table makes of a location for a document.
///
/// Source: RFC 4119 §2.2, RFC 5491 §5.2.
struct LocationDraft {
    private var numbers: [CoreField: GeodeticNumber] = [:]
    private var civic: [LocationObject.CivicPart] = []
    private var time: String?

    /// Whether nothing was said of where somebody is.
    var isEmpty: Bool { numbers.isEmpty && civic.isEmpty }

    /// What came of a draft.
    enum Outcome {
        /// A tuple for the document.
        case tuple(PresenceTuple)
        /// Nothing was said.
        case nothing
        /// The time for which it may be kept is over.
        case expired
    }

    /// The id of the tuple that a location has to itself.
    static let tupleID = "geo"

    // MARK: Filling

    /// Takes a number; of several rows the first counts.
    mutating func set(_ text: String, for field: CoreField) throws(ConversionFault) {
        guard let number = GeodeticNumber(text) else { throw FieldConversion.fault("is no number", text) }
        numbers[field] = numbers[field] ?? number
    }

    mutating func set(time text: String) { time = time ?? text }

    /// Takes a part of the civic address; of several rows the first counts.
    mutating func set(_ text: String, part name: String) throws(ConversionFault) {
        let text = SingleLine.text(text)
        guard text.utf8.count <= LocationObject.Limits().civicBytes else {
            throw FieldConversion.fault("is too long for a civic address", text)
        }
        if !text.isEmpty, !civic.contains(where: { $0.name == name }) { civic.append(.init(name, text)) }
    }

    // MARK: Result

    /// The tuple of the location: without a basic status, so that it is no resource, and with the rules of use.
    ///
    /// - Parameters:
    ///   - now: the time, in milliseconds since 1970-01-01T00:00:00Z.
    ///   - lose: gets what the document cannot say.
    /// - Returns: the tuple.
    ///
    /// Source: RFC 4119 §2.2.2, RFC 5491 §3.
    func outcome(now: Int64, lose: (String) -> Void) -> Outcome {
        if isEmpty { return .nothing }
        let now = PresenceTime(seconds: now / 1_000)
        var object = LocationObject(civic: civic)
        if let latitude = numbers[.latitude], let longitude = numbers[.longitude],
            let position = GeodeticPosition(
                latitude: latitude,
                longitude: longitude,
                altitude: numbers[.altitude]
            )
        {
            object.position = position
            object.radius = numbers[.accuracy].flatMap { $0.value >= 0 ? $0 : nil }
        } else if !numbers.isEmpty {
            lose("a position without a latitude and a longitude")
        }
        guard !object.isEmpty else { return .nothing }
        let start = min(time.flatMap(PresenceTime.init) ?? now, now)
        let expires = PresenceTime(seconds: start.seconds + LocationObject.UsageRules.retention)
        guard expires > now else { return .expired }
        object.rules = LocationObject.UsageRules(retentionExpires: expires)
        var tuple = PresenceTuple(id: Self.tupleID, basic: nil)
        tuple.status = [object.element]
        tuple.timestamp = time
        return .tuple(tuple)
    }
}

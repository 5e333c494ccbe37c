import MappingTables

@testable import Interworking

/// An item with generated fields, for the properties of field tables.
struct GeneratedFields: FieldSource {
    private(set) var fields: [FieldSelector: [FieldValue]] = [:]

    /// Texts that converters take, and texts that they do not.
    private static let texts = [
        "", "hi", "5", "-129", "0.5", "2026-03-01T11:00:00Z", "2026-13-01", "en", "no language", "juliet@example.com",
        "im:juliet@example.com", "sip:romeo@example.net", "away", "working/in_a_meeting", "other/cycling", "happy",
        "<b>x</b>", "<p>a<script>b</script></p>", "line\none", "-48.85", "91", "de", "https://example.com/a",
        "javascript:x", "+02:00", "120", "chat", "Sun, 01 Mar 2026 11:00:00 GMT", "\u{0}\u{7F}é☃",
    ]

    /// Fills some of the fields that rules take.
    init(_ rules: [FieldRule], _ random: inout SeededGenerator) {
        for rule in rules where !random.happens(onceIn: 3) {
            let count = random.happens(onceIn: 4) ? 2 : 1
            fields[rule.source] = (0..<count).map { _ in
                let language = random.happens(onceIn: 4) ? "de" : nil
                return FieldValue(text: random.one(of: Self.texts), language: language)
            }
        }
    }

    func values(of selector: FieldSelector) -> FieldValues { FieldValues(fields[selector] ?? []) }
}

/// What the rules write: of several rows that write a field the first stands.
struct WrittenFields: FieldTarget, Equatable {
    private(set) var fields: [FieldSelector: [FieldValue]] = [:]

    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
        if selector == .core(.subject), values.count > 1 { throw ConversionFault("There is room for one subject.") }
        if fields[selector] == nil { fields[selector] = Array(values) }
    }
}

/// Routes with generated switches.
enum GeneratedRoutes {
    /// A profile with some switches set to other values.
    static func route(_ generation: Generation, _ random: inout SeededGenerator) throws -> Route {
        let settings = Switch.allCases.compactMap { name -> (name: String, value: String)? in
            guard case .words(let words) = name.domain, random.happens(onceIn: 2) else { return nil }
            return (name.name, random.one(of: words))
        }
        return try generation.route(profile: random.one(of: generation.profiles), settings: settings)
    }

    /// Each field table of a route with the ways that it leads.
    static func tables(_ route: Route) -> [(rules: FieldRules, way: Way)] {
        [
            (route.messageFields, .toCPIM), (route.messageFields, .toXMPP), (route.carrierFields, .toSIP),
            (route.carrierFields, .toCPIM), (route.presenceFields, .toPIDF), (route.presenceFields, .toXMPP),
        ]
    }

    static func conversion(_ route: Route, _ generation: Generation) -> FieldConversion {
        FieldConversion(
            sender: ("", ""),
            recipient: ("", ""),
            setting: Setting(VectorRun.defaults, route, generation.addresses),
            freshCallID: "fresh@gw.example.org"
        )
    }

    /// A record of some columns of a value table, of words that it knows and one that it may not.
    static func record(
        _ columns: [(name: String, words: [String])],
        _ random: inout SeededGenerator
    ) -> [String: [String]] {
        var record: [String: [String]] = [:]
        for (name, words) in columns where !random.happens(onceIn: 3) {
            record[name] = [random.one(of: words)]
            if random.happens(onceIn: 5) { record[name]?.append(random.one(of: words)) }
        }
        return record
    }
}

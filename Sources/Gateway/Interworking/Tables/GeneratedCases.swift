import Addressing
public import MappingTables

/// Values that are sent there and back by rows which claim to lead both ways over sets that have no end.
///
/// The values are the same at every run. What they show is tested, not proved.
public struct GeneratedCases: Sendable, Equatable {
    /// A value that did not come back as it went.
    public struct Failure: Sendable, Equatable {
        /// The row.
        public let row: RowID
        /// A sentence with the value and what came back.
        public let difference: String
    }

    /// The table.
    public let table: String
    /// How many rows were tried.
    public let rows: Int
    /// How many values went there and back.
    public let cases: Int
    /// Those that came back as something else, the first of each row.
    public let failures: [Failure]

    /// What was tried, in a sentence.
    public var text: String { "\(table): \(cases) values of \(rows) rows come back as they went" }

    /// The most rows of a table that are tried.
    public static let mostRows = 2_000

    /// Runs the cases of a generation, under what holds for all others.
    ///
    /// - Parameters:
    ///   - generation: the tables.
    ///   - facts: what is known.
    /// - Returns: what came of each table that has such rows.
    static func run(_ generation: Generation, _ facts: Facts) -> [GeneratedCases] {
        let route = generation.route(peer: "")
        let setting = Setting(facts, route, generation.addresses)
        let fields = [
            ("message.xmpp", route.messageFields, Way.toCPIM, Way.toXMPP),
            ("message.sip", route.carrierFields, .toCPIM, .toSIP),
            ("presence.fields", route.presenceFields, .toPIDF, .toXMPP),
        ]
        let cases =
            [addresses(setting, generation.addresses)]
            + fields.map { Self.fields($0.0, $0.1, inward: $0.2, outward: $0.3, setting) }
        return cases.filter { $0.rows > 0 }
    }

    // MARK: Addresses

    /// Users that addresses are made of: plain, escaped, of another script, and one that looks like an escape.
    private static let users = [
        "juliet", "a.b-c_d", "d\\27artagnan", "o\\2fo", "at\\40home", "nurse+capulet", "ромео", "ü", "100%", "x\\5c20",
    ]
    private static let phones = ["+15551234567", "+4930123456"]

    private static func addresses(_ setting: Setting, _ table: AddressTable) -> GeneratedCases {
        var cases = 0
        var failures: [Failure] = []
        let rules = table.rules.prefix(mostRows)
        for rule in rules {
            let domain = rule.xmppDomain ?? "users.example.org"
            var locals = rule.form == .phone ? phones : users
            if rule.form == .encapsulated { locals = ["romeo\\40example.net", "a.b\\40sub.example.net"] }
            for local in locals {
                guard let jid = try? JID(local + "@" + domain),
                    let there = try? setting.addresses.uri(for: jid, facts: setting.facts)
                else { continue }
                cases += 1
                let back = try? setting.addresses.jid(for: .sip(there.uri), role: .recipient, facts: setting.facts).jid
                guard back != jid, failures.last?.row != rule.row else { continue }
                failures.append(
                    Failure(
                        row: rule.row,
                        difference: "\(jid) becomes \(there.uri), and that \(back.map { $0.description } ?? "nothing")"
                    )
                )
            }
        }
        return GeneratedCases(table: "addresses", rows: rules.count, cases: cases, failures: failures)
    }

    // MARK: Fields

    private static func fields(
        _ table: String,
        _ rules: FieldRules,
        inward: Way,
        outward: Way,
        _ setting: Setting
    ) -> GeneratedCases {
        let back = Set(rules.rules(outward).map(\.row))
        let both = rules.rules(inward).filter { back.contains($0.row) && $0.converter.declaration.isReversible }
        let conversion = FieldConversion(sender: ("", ""), recipient: ("", ""), setting: setting, freshCallID: nil)
        var cases = 0
        var failures: [Failure] = []
        for rule in both.prefix(mostRows) {
            for sample in rule.converter.declaration.samples {
                cases += 1
                let there = try? conversion.convert(FieldValue(text: sample), rule.converter, inward)
                let here = there.flatMap { try? conversion.convert($0, rule.converter, outward) }
                guard here?.text != sample, failures.last?.row != rule.row else { continue }
                let texts = [there?.text, here?.text].map { $0.map { "\"\($0)\"" } ?? "nothing" }
                failures.append(
                    Failure(row: rule.row, difference: "\"\(sample)\" becomes \(texts[0]), and that \(texts[1])")
                )
            }
        }
        return GeneratedCases(table: table, rows: min(both.count, mostRows), cases: cases, failures: failures)
    }
}

import MappingTables
import Testing

@testable import Interworking

@Suite("GeneratedCases")
struct GeneratedCasesTests {
    @Test("the shipped rows that lead both ways over open sets bring back what went")
    func shipped() throws {
        let generated = TableTestRunner(try ShippedTables.generation()).run().generated
        #expect(generated.map(\.table) == ["addresses", "message.xmpp", "message.sip", "presence.fields"])
        for cases in generated {
            #expect(cases.failures.isEmpty, "\(cases.failures.map(\.difference))")
            #expect(cases.cases >= cases.rows, "\(cases.text)")
        }
        #expect(generated == TableTestRunner(try ShippedTables.generation()).run().generated)
    }

    @Test("a row that does not bring back what went is named with the value, and the tables do not pass")
    func failure() throws {
        let generation = try ShippedTables.generation(
            adding: """
                format: isthmus-mapping/1
                table: presence.fields
                kind: fields
                about: A document has no dates of SIP.
                rows:
                  - {id: seen, xmpp: {element: seen, namespace: "urn:x"}, pidf: {tuple: seen, namespace: "urn:x"}, convert: sip-date, on-error: drop}
                """
        )
        let report = TableTestRunner(generation).run()
        let failures = report.generated.flatMap(\.failures)
        #expect(failures.map { generation.name(of: $0.row) } == ["presence.fields.seen"])
        let difference = try #require(failures.first).difference
        #expect(difference == "\"Sun, 01 Mar 2026 12:00:00 GMT\" becomes nothing, and that nothing")
        #expect(!report.passed)
    }

    @Test("under every shipped profile addresses come back as they went", arguments: ["stox", "rfc3922", "rcs"])
    func profiles(profile: String) throws {
        guard try ShippedTables.generation().profiles.contains(profile) else { return }
        let generation = try ShippedTables.generation(
            adding: """
                format: isthmus-mapping/1
                table: routes
                kind: routes
                about: One profile for all.
                otherwise: {profile: \(profile)}
                """
        )
        let generated = TableTestRunner(generation).run().generated
        #expect(generated.flatMap(\.failures).isEmpty)
        let addresses = try #require(generated.first { $0.table == "addresses" })
        #expect(addresses.cases > 0)
    }

    @Test("what was tried is said with its size")
    func text() {
        let cases = GeneratedCases(table: "t", rows: 2, cases: 5, failures: [])
        #expect(cases.text == "t: 5 values of 2 rows come back as they went")
    }

    @Test("what a converter's declaration shows is what it does", arguments: Converter.allCases)
    func examples(converter: Converter) throws {
        let generation = try ShippedTables.generation()
        let setting = Setting(
            TableTestRunner.facts,
            try generation.route(profile: "default"),
            generation.addresses
        )
        let conversion = FieldConversion(
            sender: ("", ""),
            recipient: ("", ""),
            setting: setting,
            freshCallID: "fresh@gw.example.org"
        )
        for example in converter.declaration.examples {
            let found = try conversion.convert(FieldValue(text: example.given), converter, example.way)
            #expect(found?.text == example.gives, "\(example.way.rawValue) \(example.given)")
        }
    }

    @Test("a converter that cannot fail takes every text", arguments: Converter.allCases)
    func infallible(converter: Converter) throws {
        let generation = try ShippedTables.generation()
        let setting = Setting(
            TableTestRunner.facts,
            try generation.route(profile: "default"),
            generation.addresses
        )
        let conversion = FieldConversion(sender: ("", ""), recipient: ("", ""), setting: setting)
        var faults = 0
        for text in ["", "\u{0}", "<", "\u{FFFE}", "a@b", String(repeating: "9", count: 400)] {
            for way in Way.allCases where way != .both {
                do { _ = try conversion.convert(FieldValue(text: text), converter, way) } catch { faults += 1 }
            }
        }
        // Threads, and values that the rules look up, are refused elsewhere.
        if converter != .thread, converter != .values {
            #expect((faults > 0) == converter.declaration.canFail, "\(faults)")
        }
    }
}

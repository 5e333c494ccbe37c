import MappingTables
import Testing

@Suite("TableCompiler: what it proves")
struct TotalityTests {
    /// The text without the line that holds a word.
    private static func without(_ word: String, _ text: String) -> String {
        text.split(separator: "\n").filter { !$0.contains(word) }.joined(separator: "\n")
    }

    @Test(
        "each row of a table of errors without spares is needed",
        arguments: SampleTables.errors.split(separator: "\n").dropFirst(4).map { String($0) }
    )
    func errors(row: String) {
        var tables = SampleTables()
        tables.errors = tables.errors.replacing(row + "\n", with: "")
        let result = tables.compile()
        #expect(result.generation == nil)
        #expect(result.diagnostics.map(\.code) == ["not-total"])
        #expect(result.diagnostics.first?.message.hasPrefix("the error tables do not say what becomes of ") == true)
    }

    @Test("each class of losses needs a row", arguments: LossClass.allCases)
    func losses(lossClass: LossClass) {
        var tables = SampleTables()
        tables.loss = Self.without("id: \(lossClass.rawValue),", tables.loss)
        #expect(tables.compile().diagnostics.map(\.code) == ["not-total"])
    }

    @Test("each switch needs a value", arguments: Switch.allCases)
    func switches(name: Switch) {
        var tables = SampleTables()
        tables.profiles = Self.without(" \(name.name):", tables.profiles)
        let found = tables.compile().diagnostics
        #expect(found.map(\.code).contains("not-total"))
        #expect(found.contains { $0.message.contains("does not set \(name.name)") })
    }

    @Test("a value that a switch cannot have is one fault, and the switch is not missing besides")
    func wrongValue() {
        var tables = SampleTables()
        tables.profiles = tables.profiles.replacing(" pres.mode: notify", with: " pres.mode: compse")
        #expect(tables.compile().diagnostics.map(\.code) == ["unknown-value"])
    }

    @Test("a table that answers under one value of a switch only is not total under the other")
    func conditional() {
        var tables = SampleTables()
        let row = "xmpp: {condition: conflict}, sip: {status: 400}, way: to-sip"
        tables.errors = tables.errors.replacing(row, with: row + ", when: {err.auth: literal}")
        #expect(tables.compile().diagnostics.map(\.code) == ["not-total"])
        tables.errors = tables.errors.replacing("when: {err.auth: literal}", with: "unless: {err.auth: literal}")
        #expect(tables.compile().generation != nil)
    }

    @Test("what was proved is said with its size")
    func proofs() throws {
        let proofs = try #require(SampleTables().compile().generation).proofs
        let cases = 2 * (402 * 2 + ErrorVocabulary.conditions.count * 8 + ErrorVocabulary.refusals.count)
        #expect(proofs.contains("errors: each of \(cases) failures, conditions and refusals of 2 routes has its words"))
        #expect(proofs.contains("addresses: 1 rows map domains one to one"))
        #expect(proofs.contains("loss: each of \(LossClass.allCases.count) classes has its action"))
    }

    @Test("RFC 7247 §6: special rows before general ones map one to one")
    func addresses() throws {
        var tables = SampleTables()
        tables.addresses = SampleTables.text(
            "addresses",
            nil,
            "{id: corp, xmpp: '{user}@corp.example', cpim: '{user}@sip.corp.example'}",
            "{id: phones, xmpp: '{phone}@tel.example.com', cpim: '{phone}@pstn.example.net'}",
            #"{id: others, xmpp: '{user}\40{domain}@gw.example.com', cpim: '{user}@{domain}'}"#
        )
        let table = try #require(tables.compile().generation).addresses
        #expect(table.rule(forJIDDomain: "corp.example")?.cpimDomain == "sip.corp.example")
        #expect(table.rule(forURIDomain: "sip.corp.example")?.xmppDomain == "corp.example")
        #expect(table.rule(forURIDomain: "pstn.example.net")?.form == .encapsulated)
        #expect(table.rule(forPhoneAt: "pstn.example.net")?.xmppDomain == "tel.example.com")
        #expect(table.rule(forPhoneAt: "")?.form == .phone)
        #expect(table.rule(forPhoneAt: "x.example") == nil)
        #expect(table.rule(forJIDDomain: "gw.example.com")?.form == .encapsulated)
        #expect(table.rule(forJIDDomain: "x.example") == nil)
    }

    @Test(
        "two domains of one shore that become one of the other are refused",
        arguments: [
            ["{id: a, xmpp: '{user}@x', cpim: '{user}@y'}", "{id: b, xmpp: '{user}@x', cpim: '{user}@z'}"],
            ["{id: a, xmpp: '{user}@x', cpim: '{user}@y'}", "{id: b, xmpp: '{user}@w', cpim: '{user}@y'}"],
            ["{id: a, xmpp: '{phone}@x', cpim: '{phone}@y'}", "{id: b, xmpp: '{phone}@w', cpim: '{phone}@y'}"],
        ]
    )
    func clash(rows: [String]) {
        var tables = SampleTables()
        tables.addresses = SampleTables.text(
            "addresses",
            nil,
            rows[0],
            rows[1],
            "{id: same, xmpp: '{user}@{domain}', cpim: '{user}@{domain}'}"
        )
        #expect(tables.findings() == ["addresses:6:5 not-reversible"])
    }
}

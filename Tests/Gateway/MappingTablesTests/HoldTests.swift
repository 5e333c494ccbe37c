import MappingTables
import Testing

@Suite("TableCompiler: what rows may hold")
struct HoldTests {
    private static func refusal(_ code: String, _ do: String) -> String {
        SampleTables.text(
            "errors",
            nil,
            "{id: g-\(code), overrides: g-\(code), gateway: \(code), do: \(`do`), xmpp: {condition: forbidden, type: auth}, "
                + "sip: {status: 403}, text: No.}"
        )
    }

    private static func compile(_ text: String) -> TableCompiler.Result {
        var tables = SampleTables()
        tables.more = [(.site, text)]
        return tables.compile()
    }

    @Test(
        "a refusal that tables or addresses can mend is held by its row, and by no other",
        arguments: ErrorVocabulary.holdable
    )
    func refusals(code: String) throws {
        let result = Self.compile(Self.refusal(code, "hold"))
        let errors = try #require(result.generation, "\(result.diagnostics)").route(peer: "example.net").errors
        let held = ErrorVocabulary.refusals.filter { errors.words(for: $0)?.isHeld == true }
        #expect(held == [code])
        let refused = try #require(Self.compile(Self.refusal(code, "refuse")).generation)
        #expect(refused.route(peer: "example.net").errors.words(for: code)?.isHeld == false)
    }

    @Test(
        "trust, loops, malformed and late items are never held: the row is a fault that names what may be",
        arguments: ErrorVocabulary.refusals.filter { !ErrorVocabulary.holdable.contains($0) }
    )
    func never(code: String) throws {
        let result = Self.compile(Self.refusal(code, "hold"))
        let finding = try #require(result.diagnostics.first)
        #expect(finding.code == "unknown-value" && finding.position.line == 5)
        #expect(finding.message.contains("\"\(code)\""))
        #expect(finding.help?.contains(code == "loss" ? "on-error: hold" : "addr-unmappable") == true)
        #expect(result.generation == nil)
    }

    @Test("what is done about a refusal is one of two words, and stands in gateway rows alone")
    func words() {
        #expect(Self.compile(Self.refusal("mapping", "wait")).diagnostics.map(\.code) == ["unknown-value"])
        let failure = SampleTables.text(
            "errors",
            nil,
            "{id: mine, sip: {status: 480}, xmpp: {condition: forbidden, type: auth}, way: to-xmpp, do: hold}"
        )
        #expect(Self.compile(failure).diagnostics.map(\.code) == ["unknown-column"])
    }

    @Test(
        "each loss of a message may be held, and none of presence nor of what was sent",
        arguments: LossClass.allCases
    )
    func losses(lossClass: LossClass) {
        let name = lossClass.rawValue
        let result = Self.compile(SampleTables.text("loss", nil, "{id: \(name), overrides: \(name), do: hold}"))
        let isMessage = name.hasPrefix("message.") && lossClass != .undelivered
        #expect(result.diagnostics.map(\.code) == (isMessage ? [] : ["unknown-value"]))
        let action = result.generation?.route(peer: "example.net").losses.action(lossClass)
        #expect(action == (isMessage ? .hold : nil))
    }

    @Test("a field of presence is never held")
    func presence() {
        let text = SampleTables.text(
            "fields",
            "presence.fields",
            "{id: p, xmpp: lang, pidf: note, convert: language, on-error: hold}"
        )
        let found = Self.compile(text).diagnostics
        #expect(found.contains { $0.code == "unknown-value" && $0.message.hasPrefix("presence is never held") })
    }
}

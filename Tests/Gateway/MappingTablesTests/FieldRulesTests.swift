import MappingTables
import Testing

@Suite("FieldRules")
struct FieldRulesTests {
    private struct Source: FieldSource {
        var fields: [FieldSelector: [FieldValue]]
        func values(of selector: FieldSelector) -> FieldValues { FieldValues(fields[selector] ?? []) }
    }

    private struct Target: FieldTarget {
        var fields: [FieldSelector: [String]] = [:]
        var order: [FieldSelector] = []

        mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
            if selector == .core(.subject), values.count > 1 { throw ConversionFault("one subject only") }
            fields[selector] = values.map(\.text)
            order.append(selector)
        }
    }

    /// Refuses what begins with `bad`, says nothing of what is empty, and else writes in capitals.
    private struct Capitals: FieldConverter {
        func convert(_ value: FieldValue, _ converter: Converter, _ way: Way) throws(ConversionFault) -> FieldValue? {
            if value.text.hasPrefix("bad") { throw ConversionFault("\(value.text) is bad") }
            return value.text.isEmpty ? nil : FieldValue(text: value.text.uppercased())
        }
    }

    private func rules(_ rows: String..., settings: [(name: String, value: String)] = []) throws -> FieldRules {
        var tables = SampleTables()
        tables.fields =
            "format: isthmus-mapping/1\ntable: message.xmpp\nkind: fields\nrows:\n"
            + rows.map { "  - \($0)\n" }.joined()
        let result = tables.compile()
        #expect(result.diagnostics.isEmpty)
        return try #require(result.generation).route(profile: "default", settings: settings).messageFields
    }

    private func apply(
        _ rules: FieldRules,
        _ values: [CoreField: [String]],
        _ way: Way = .toCPIM
    ) throws(FieldRefusal) -> (Target, RuleTrace) {
        var fields: [FieldSelector: [FieldValue]] = [:]
        for (field, texts) in values { fields[.core(field)] = texts.map { FieldValue(text: $0) } }
        var target = Target()
        var trace = RuleTrace()
        try rules.apply(from: Source(fields: fields), to: &target, way: way, converter: Capitals(), trace: &trace)
        return (target, trace)
    }

    @Test("a row without a converter copies, one with a converter converts, and each that fires is in the trace")
    func copies() throws {
        let rules = try rules(
            "{id: a, xmpp: body, cpim: content, convert: text}",
            "{id: b, xmpp: thread, cpim: thread}"
        )
        let (target, trace) = try apply(rules, [.body: ["hi"], .thread: ["bad t"]])
        #expect(target.fields == [.core(.content): ["HI"], .core(.thread): ["bad t"]])
        #expect(target.order == [.core(.content), .core(.thread)])
        #expect(trace.rows.count == 2 && trace.losses.isEmpty && trace.rows == trace.rows.sorted())
    }

    @Test("a field that the source lacks, or of which the converter writes nothing, fires no row")
    func nothing() throws {
        let rules = try rules("{id: a, xmpp: body, cpim: content, convert: text}")
        #expect(try apply(rules, [:]).1.rows.isEmpty)
        let (target, trace) = try apply(rules, [.body: [""]])
        #expect(target.fields.isEmpty && trace == RuleTrace.none)
    }

    @Test("on-error drop leaves the value out and counts the loss of the row's class")
    func drop() throws {
        let rules = try rules(
            "{id: a, xmpp: subject, cpim: subject, convert: language, on-error: drop, loss: message.subject}"
        )
        let (target, trace) = try apply(rules, [.subject: ["bad", "good"]])
        #expect(target.fields == [.core(.subject): ["GOOD"]])
        #expect(trace.rows.count == 1)
        #expect(trace.losses.map(\.lossClass) == [.subject] && trace.losses.map(\.detail) == ["bad is bad"])
        let (empty, lost) = try apply(rules, [.subject: ["bad"]])
        #expect(empty.fields.isEmpty && lost.rows.isEmpty && lost.losses.count == 1)
    }

    @Test("on-error keep lets the value cross as it is")
    func keep() throws {
        let rules = try rules("{id: a, xmpp: lang, cpim: lang, convert: language, on-error: keep}")
        let (target, trace) = try apply(rules, [.lang: ["bad", "good"]])
        #expect(target.fields == [.core(.lang): ["bad", "GOOD"]])
        #expect(trace.losses.isEmpty && trace.rows.count == 1)
    }

    @Test("on-error refuse refuses the item and names the row and the field")
    func refuse() throws {
        let rules = try rules("{id: a, xmpp: lang, cpim: lang, convert: language, on-error: refuse}")
        let refusal = #expect(throws: FieldRefusal.self) { try apply(rules, [.lang: ["bad"]]) }
        #expect(
            refusal?.source == .core(.lang) && refusal?.reason == "bad is bad"
                && refusal?.row == rules.inward.first?.row
        )
    }

    @Test("on-error hold holds the item, and refuse does not", arguments: [("hold", true), ("refuse", false)])
    func hold(remedy: String, isHeld: Bool) throws {
        let converted = try rules("{id: a, xmpp: lang, cpim: lang, convert: language, on-error: \(remedy)}")
        let unread = #expect(throws: FieldRefusal.self) { try apply(converted, [.lang: ["bad"]]) }
        #expect(unread?.isHeld == isHeld && unread?.row == converted.inward.first?.row)
        let filled = try rules("{id: a, xmpp: subject, cpim: subject, convert: language, on-error: \(remedy)}")
        let refusal = #expect(throws: FieldRefusal.self) { try apply(filled, [.subject: ["one", "two"]]) }
        #expect(refusal?.isHeld == isHeld)
    }

    @Test("what the target cannot hold is a loss even where a value would be kept", arguments: ["drop", "keep"])
    func targetFault(remedy: String) throws {
        let rules = try rules("{id: a, xmpp: subject, cpim: subject, convert: language, on-error: \(remedy)}")
        let (target, trace) = try apply(rules, [.subject: ["one", "two"]])
        #expect(target.fields.isEmpty && trace.rows.isEmpty)
        #expect(trace.losses.map(\.detail) == ["one subject only"] && trace.losses.map(\.lossClass) == [.value])
    }

    @Test("what the target cannot hold refuses the item where the row says so")
    func targetRefuse() throws {
        let rules = try rules("{id: a, xmpp: subject, cpim: subject, convert: language, on-error: refuse}")
        #expect(throws: FieldRefusal.self) { try apply(rules, [.subject: ["one", "two"]]) }
    }

    @Test("a row leads the way that it names")
    func ways() throws {
        let rules = try rules(
            "{id: a, xmpp: body, cpim: content, way: to-cpim}",
            "{id: b, xmpp: subject, cpim: subject, way: to-xmpp}",
            "{id: c, xmpp: thread, cpim: thread}"
        )
        #expect(rules.rules(.toCPIM).map(\.target) == [.core(.content), .core(.thread)])
        #expect(rules.rules(.toXMPP).map(\.source) == [.core(.subject), .core(.thread)])
        let (target, _) = try apply(rules, [.subject: ["s"], .thread: ["t"]], .toXMPP)
        #expect(target.order == [.core(.subject), .core(.thread)])
    }

    @Test("a row holds under the values of switches that it names")
    func conditions() throws {
        let row = "{id: a, xmpp: thread, cpim: thread, when: {msg.thread: call-id}, unless: {msg.carrier: [sip, auto]}}"
        #expect(try rules(row).inward.count == 1)
        #expect(try rules(row, settings: [("msg.thread", "ignore")]).inward.isEmpty)
        #expect(try rules(row, settings: [("msg.carrier", "auto")]).inward.isEmpty)
    }

    @Test("rows name elements, headers and annotations")
    func selectors() throws {
        let rules = try rules(
            "{id: a, xmpp: {element: e, namespace: 'urn:n', attribute: x}, cpim: {header: H, namespace: 'urn:h'}}",
            "{id: b, xmpp: {element: e, namespace: 'urn:n'}, cpim: {annotation: y, namespace: 'urn:a'}}"
        )
        #expect(
            rules.inward.map(\.source) == [
                .element(namespace: "urn:n", name: "e", attribute: "x"),
                .element(namespace: "urn:n", name: "e", attribute: nil),
            ]
        )
        #expect(
            rules.inward.map(\.target) == [
                .header(namespace: "urn:h", name: "H"), .annotation(namespace: "urn:a", name: "y"),
            ]
        )
    }

    @Test("a row goes through a table of values, whose rows and losses are in the trace")
    func values() throws {
        var tables = SampleTables()
        let row =
            "{id: m, xmpp: status, pidf: note, convert: values, values: moods, on-error: drop, loss: presence.value}"
        let moods = """
            format: isthmus-mapping/1
            table: moods
            kind: values
            rows:
              - {id: sad, xmpp: {mood: sad}, pidf: {mood: other, other: blue}, relation: equal}
              - {id: gone, when: {pidf: {mood: any}}, xmpp: {mood: none}, way: to-xmpp, relation: broader, loss: presence.mood}
            unmapped: {to-pidf: {use: sad}, to-xmpp: {use: {other: sad}}}
            """
        tables.more = [(.standard, SampleTables.text("fields", "presence.fields", row)), (.standard, moods)]
        // What has neither mood is not said: only a mood can be asked for here.
        let result = tables.compile()
        #expect(result.diagnostics.map(\.code) == ["not-total"])
        tables.more[1].text = moods.replacing("{use: {other: sad}}", with: "{use: sad, loss: presence.value}")
        let generation = try #require(tables.compile().generation)
        let rules = try generation.route(profile: "default").presenceFields
        let there = try apply(rules, [.status: ["sad"]], .toPIDF)
        #expect(there.0.fields == [.core(.note): ["other/blue"]])
        #expect(there.1.rows.map { generation.name(of: $0) } == ["moods.sad", "presence.fields.m"])
        let back = try apply(rules, [.note: ["other/blue"]], .toXMPP)
        #expect(back.0.fields == [.core(.status): ["sad"]] && back.1.losses.isEmpty)
        let gone = try apply(rules, [.note: ["happy"]], .toXMPP)
        #expect(gone.0.fields.isEmpty && gone.1.losses.map(\.lossClass) == [.presenceMood])
    }
}

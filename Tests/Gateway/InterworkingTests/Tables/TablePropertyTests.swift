import Addressing
import MappingTables
import Testing

@testable import Interworking

/// What the shipped tables promise, over whole value sets and over generated values.
@Suite("Shipped tables: reversible and total")
struct TablePropertyTests {
    /// The cells that a row of values gives on one side.
    private static func record(_ row: MappingNode, _ side: String) -> [String: [String]] {
        var record: [String: [String]] = [:]
        for (key, value) in row[side]?.pairs ?? [] where value.text != "none" {
            record[key.text ?? ""] = value.elements?.compactMap(\.text) ?? value.text.map { [$0] }
        }
        return record
    }

    private static let equal: [(table: String, id: String, row: MappingNode)] = ShippedTables.files.flatMap { file in
        (file.root["kind"]?.text == "values" ? file.root["rows"]?.elements ?? [] : []).compactMap { row in
            guard row["relation"]?.text == "equal", row["way"]?.text ?? "both" == "both" else { return nil }
            return (file.root["table"]?.text ?? "", row["id"]?.text ?? "", row)
        }
    }

    @Test("a row that is equal both ways leads there and back, under each value of the switches it names")
    func rows() throws {
        let generation = try ShippedTables.generation()
        for (name, id, row) in Self.equal {
            let settings = (row["when"]?.pairs ?? []).compactMap { key, value -> (name: String, value: String)? in
                guard let name = key.text, let text = value.elements?.first?.text ?? value.text else { return nil }
                return (name, text)
            }
            let table = try #require(try generation.route(profile: "default", settings: settings).values(name))
            for (from, to) in [(table.sides[0], table.sides[1]), (table.sides[1], table.sides[0])] {
                let given = Self.record(row, from.rawValue)
                let there = try #require(table.answer(given, to: to))
                #expect(there.row.map { generation.name(of: $0) } == "\(name).\(id)", "\(name).\(id) \(to)")
                #expect(there.values == Self.record(row, to.rawValue) && there.loss == nil, "\(name).\(id) \(to)")
                #expect(table.answer(there.values, to: from)?.values == given, "\(name).\(id) back")
            }
        }
        #expect(Self.equal.count > 60)
    }

    @Test("every failure, condition, refusal and loss has its row under generated switches", arguments: 0..<5)
    func errors(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let generation = try ShippedTables.generation()
        let route = try GeneratedRoutes.route(generation, &random)
        for status in 300...699 {
            for later in [false, true] {
                let words = route.errors.words(for: .status(status), hasRetryAfter: later, route.switches)
                #expect(words.map { ErrorVocabulary.conditions.contains($0.condition) } == true)
                #expect(words.map { ErrorVocabulary.types.contains($0.type) } == true)
            }
        }
        for condition in ErrorVocabulary.conditions {
            for mask in 0..<8 {
                let words = route.errors.words(
                    for: condition,
                    isFull: mask & 1 != 0,
                    hasAddress: mask & 2 != 0,
                    isPending: mask & 4 != 0,
                    route.switches
                )
                #expect(words.map { (300...699).contains($0.status) } == true, "\(condition) \(mask)")
            }
        }
        for refusal in ErrorVocabulary.refusals { #expect(route.errors.words(for: refusal)?.text.isEmpty == false) }
        for lossClass in LossClass.allCases { #expect(route.losses.row(lossClass) != nil) }
    }

    @Test("every record of a value table has an answer of words that the other side knows", arguments: 0..<5)
    func records(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let generation = try ShippedTables.generation()
        for _ in 0..<40 {
            let route = try GeneratedRoutes.route(generation, &random)
            let table = try #require(route.values("presence.show"))
            let stanza: [(name: String, words: [String])] = [
                ("type", ["unavailable"]), ("show", ["away", "chat", "dnd", "xa", "unheard"]),
            ]
            let there = try #require(table.answer(GeneratedRoutes.record(stanza, &random), to: .pidf))
            for (column, values) in there.values { try table.check(column, values, of: .pidf) }
            #expect(there["basic"] != nil)
            let document: [(name: String, words: [String])] = [
                ("show", ["away", "chat", "dnd", "xa", "unheard"]), ("im", ["busy", "xa", "unheard"]),
                ("activities", ["away", "busy", "meeting", "meal", "unheard"]),
            ]
            var record = GeneratedRoutes.record(document, &random)
            record["basic"] = [random.one(of: ["open", "closed"])]
            let back = try #require(table.answer(record, to: .xmpp))
            for (column, values) in back.values { try table.check(column, values, of: .xmpp) }
            // An absence stays one, whatever else is said.
            #expect((back["type"] == "unavailable") == (record["basic"] == ["closed"]))
        }
    }

    @Test("generated fields of every table cross, or a row names why they do not", arguments: 0..<5)
    func fields(seed: UInt64) throws {
        var random = SeededGenerator(seed &+ 1_000)
        let generation = try ShippedTables.generation()
        var refusals = 0
        for _ in 0..<40 {
            let route = try GeneratedRoutes.route(generation, &random)
            for (rules, way) in GeneratedRoutes.tables(route) {
                let source = GeneratedFields(rules.rules(way), &random)
                var target = WrittenFields()
                var trace = RuleTrace()
                do throws(FieldRefusal) {
                    try rules.apply(
                        from: source,
                        to: &target,
                        way: way,
                        converter: GeneratedRoutes.conversion(route, generation),
                        trace: &trace
                    )
                    // What was not written was lost, or its converter said that there is nothing.
                    #expect(trace.rows.count >= target.fields.count)
                } catch {
                    refusals += 1
                    #expect(generation.rows.indices.contains(error.row.index) && !error.reason.isEmpty)
                }
            }
        }
        #expect(refusals > 0)
    }

    /// Localparts of all that JIDs can hold, the escapes of XEP-0106 among it.
    private static func local(_ random: inout SeededGenerator) -> String {
        let alphabet =
            Array("abz09-._~!$*+,;=?%#[]^`{|}ßéж☃") + Array(#"\20 \27 \40 \2f \3a \5c "#.filter { $0 != " " })
        var text = String((0..<Int.random(in: 1...12, using: &random)).map { _ in random.one(of: alphabet) })
        if random.happens(onceIn: 3) { text += random.one(of: [#"\40"#, #"\27"#, #"\20x"#, #"\5c20"#]) }
        return text
    }

    @Test("an address there and back is itself, under each way of escaping", arguments: 0..<8)
    func addresses(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let generation = try ShippedTables.generation()
        var crossed = 0
        for _ in 0..<200 {
            let escape = random.one(of: ["safe", "rfc3922", "rfc7247"])
            let route = try generation.route(profile: "default", settings: [("addr.uri-escape", escape)])
            let translator = AddressTranslator(table: generation.addresses, switches: route.switches)
            guard let jid = try? JID(Self.local(&random) + "@example.com") else { continue }
            do throws(Refusal) {
                let there = try translator.uri(for: jid, facts: VectorRun.defaults)
                let back = try translator.jid(for: .sip(there.uri), role: .sender, facts: VectorRun.defaults)
                #expect(back.jid.description == jid.description, "\(jid) became \(there.uri)")
                crossed += 1
            } catch {
                // A refusal is one of those that tables have words for.
                #expect(ErrorVocabulary.refusals.contains(error.code.rawValue), "\(jid): \(error.code)")
            }
        }
        #expect(crossed > 80)
    }

    @Test("a URI there and back is an equal one, or has no JID and says why", arguments: 0..<8)
    func uris(seed: UInt64) throws {
        var random = SeededGenerator(seed &+ 77)
        let generation = try ShippedTables.generation()
        let route = try generation.route(profile: "default")
        let translator = AddressTranslator(table: generation.addresses, switches: route.switches)
        let alphabet =
            Array("abz09-._~!$*+,;=?&/'") + ["%20", "%40", "%22", "%3a", "%c3%a9", "%5c27"].map { $0 }.joined()
        var crossed = 0
        for _ in 0..<200 {
            let user = String((0..<Int.random(in: 1...8, using: &random)).map { _ in random.one(of: alphabet) })
            guard let uri = try? AddressURI("sip:\(user)@example.net") else { continue }
            do throws(Refusal) {
                let there = try translator.jid(for: uri, role: .sender, facts: VectorRun.defaults)
                let back = try translator.uri(for: there.jid, facts: VectorRun.defaults)
                let again = try translator.jid(for: .sip(back.uri), role: .sender, facts: VectorRun.defaults)
                #expect(again.jid == there.jid, "\(uri) became \(there.jid), which is \(back.uri)")
                crossed += 1
            } catch {
                #expect(ErrorVocabulary.refusals.contains(error.code.rawValue), "\(uri): \(error.code)")
            }
        }
        #expect(crossed > 50)
    }
}

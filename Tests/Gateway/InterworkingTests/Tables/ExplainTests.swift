import Addressing
import MappingTables
import PIDF
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

/// The explaining walk goes over all rows one by one; what it says must be what the engine does.
@Suite("Explanations: the walk over all rows does what the engine does")
struct ExplainTests {
    private static let folders = VectorFolder.shipped.filter { SkippedVectors.reason($0) == nil }

    /// The steps in which the walk over the rows found another row than the table itself.
    private static func drifts(_ steps: [TableStep]) -> [String] {
        steps.filter { $0.kind != .fields && $0.fired.first != $0.given }.map { "\($0.table): \($0.asked)" }
    }

    /// The rows of field tables, and those of values that they look up, that fired by the walk.
    private static func fired(_ steps: [TableStep]) -> [RowID] { steps.filter { $0.kind == .fields }.flatMap(\.fired) }

    private static func isField(_ row: RowID, _ generation: Generation) -> Bool {
        generation.rows[row.index].kind == .fields
    }

    @Test("every vector comes out the same, and the same rows fire", arguments: folders)
    func vectors(folder: VectorFolder) throws {
        let witness = RuleWitness()
        let generation = try ShippedTables.generation()
        var plain = try VectorRun(folder)
        var observed = try VectorRun(folder, generation.observed(by: witness))
        #expect(try observed.differences() == plain.differences())
        #expect(observed.traces == plain.traces)
        let steps = witness.take()
        #expect(Self.drifts(steps) == [])
        let rows = plain.traces.flatMap(\.rows).filter { Self.isField($0, generation) }
        #expect(Self.fired(steps).filter { Self.isField($0, generation) } == rows)
        // What matched is what fired, but for rows that found their field written.
        for step in steps where step.kind == .fields {
            for row in step.rows where row.isMatched { #expect(row.row.map { step.fired.contains($0) } == true) }
        }
    }

    @Test("generated fields of every table: the same rows fire and the same is lost and written", arguments: 0..<12)
    func fields(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let witness = RuleWitness()
        let generation = try ShippedTables.generation()
        let observed = generation.observed(by: witness)
        for _ in 0..<12 {
            var twin = random
            let route = try GeneratedRoutes.route(generation, &random)
            let other = try GeneratedRoutes.route(observed, &twin)
            for ((rules, way), (watched, _)) in zip(GeneratedRoutes.tables(route), GeneratedRoutes.tables(other)) {
                let source = GeneratedFields(rules.rules(way), &random)
                let (found, trace) = Self.applied(rules, source, way, GeneratedRoutes.conversion(route, generation))
                let (same, _) = Self.applied(watched, source, way, GeneratedRoutes.conversion(other, observed))
                #expect(found == same)
                let step = try #require(witness.take().first { $0.kind == .fields })
                let refusal = step.rows.first { $0.reason == .refused }
                #expect(step.fired == trace.rows && (refusal?.row == found.refusal?.row))
                #expect(step.rows.flatMap(\.losses) == trace.losses)
                // Every row of the table stands in the walk once, with a reason.
                let names = generation.rows.filter { $0.table == step.table }.map(\.name)
                #expect(step.rows.map(\.name).sorted() == names.sorted())
                for row in step.rows { #expect(!row.why.isEmpty && row.position.line > 0) }
                // A field that a row has written with the value that it shows is the one that came out.
                let written = step.rows.filter(\.isMatched).count
                #expect(refusal != nil || written == found.target.fields.count)
            }
        }
    }

    private struct Applied: Equatable {
        var target = WrittenFields()
        var refusal: FieldRefusal?
    }

    private static func applied(
        _ rules: FieldRules,
        _ source: GeneratedFields,
        _ way: Way,
        _ conversion: FieldConversion
    ) -> (Applied, RuleTrace) {
        var applied = Applied()
        var trace = RuleTrace()
        do throws(FieldRefusal) {
            try rules.apply(from: source, to: &applied.target, way: way, converter: conversion, trace: &trace)
        } catch { applied.refusal = error }
        return (applied, trace)
    }

    /// Columns with their words by side, of each shipped table.
    private static let columns: [String: [Vocabulary: [(name: String, words: [String])]]] = [
        "presence.show": [
            .xmpp: [("type", ["unavailable", "x"]), ("show", ["away", "chat", "dnd", "xa", "x"])],
            .pidf: [
                ("basic", ["open", "closed"]), ("show", ["away", "chat", "dnd", "xa", "x"]),
                ("im", ["busy", "xa", "x"]),
                ("activities", ["away", "busy", "meeting", "sleeping", "meal", "steering", "looking-for-work"]),
            ],
        ],
        "presence.activities": [
            .xmpp: [
                ("general", ["working", "eating", "other", "relaxing"]),
                ("specific", ["in_a_meeting", "having_lunch", "cycling"]), ("text", ["so"]),
            ],
            .pidf: [("activity", ["meeting", "lunch", "vacation", "other", "worship"]), ("other", ["so"])],
        ],
        "presence.moods": [
            .xmpp: [("mood", ["happy", "undefined", "amorous"]), ("text", ["so"])],
            .pidf: [("mood", ["happy", "unknown", "other"]), ("other", ["so"])],
        ],
        "subscription.failures": [
            .sip: [("request", ["initial", "refresh"]), ("status", ["403", "423", "481", "489", "603", "timeout"])]
        ],
        "subscription.reasons": [
            .sip: [("reason", ["deactivated", "rejected", "noresource", "giveup", "x"]), ("retry-after", ["5"])]
        ],
        "subscription.refusals": [
            .xmpp: [("condition", ["forbidden", "conflict"]), ("error-type", ["auth", "cancel"])]
        ],
    ]

    @Test("generated records of every value table: the walk finds the row that the table gives", arguments: 0..<6)
    func values(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let witness = RuleWitness()
        let generation = try ShippedTables.generation()
        let observed = generation.observed(by: witness)
        var matched = 0
        for _ in 0..<40 {
            var twin = random
            let route = try GeneratedRoutes.route(generation, &random)
            let other = try GeneratedRoutes.route(observed, &twin)
            for (name, sides) in Self.columns.sorted(by: { $0.key < $1.key }) {
                let table = try #require(route.values(name))
                for (side, columns) in sides.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    let target = try #require(table.sides.first { $0 != side })
                    let record = GeneratedRoutes.record(columns, &random)
                    let answer = table.answer(record, to: target)
                    #expect(other.values(name)?.answer(record, to: target) == answer)
                    let step = try #require(witness.take().first)
                    #expect(step.given == answer?.row && step.fired.first == answer?.row, "\(name): \(step.asked)")
                    matched += step.rows.filter(\.isMatched).count
                    #expect(step.rows.filter(\.isMatched).count == (answer == nil ? 0 : 1))
                }
            }
        }
        #expect(matched > 200)
    }

    @Test("every failure, condition and refusal: the walk finds the row that the table gives", arguments: 0..<4)
    func errors(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let witness = RuleWitness()
        let route = try GeneratedRoutes.route(try ShippedTables.generation().observed(by: witness), &random)
        for status in stride(from: 300, through: 699, by: 7) {
            let failure: SIPFailure = random.happens(onceIn: 20) ? .timeout : .status(status)
            _ = route.errors.words(for: failure, hasRetryAfter: random.happens(onceIn: 2), route.switches)
        }
        for condition in ErrorVocabulary.conditions {
            _ = route.errors.words(
                for: condition,
                isFull: random.happens(onceIn: 2),
                hasAddress: random.happens(onceIn: 2),
                isPending: random.happens(onceIn: 2),
                route.switches
            )
        }
        for refusal in ErrorVocabulary.refusals { _ = route.errors.words(for: refusal) }
        for lossClass in LossClass.allCases { _ = route.losses.action(lossClass) }
        let steps = witness.take()
        #expect(Self.drifts(steps) == [])
        #expect(steps.count == 58 + 22 + ErrorVocabulary.refusals.count + LossClass.allCases.count)
        for step in steps { #expect(step.rows.count { $0.isMatched } == 1, "\(step.asked)") }
    }

    @Test("documents and presence cross the same when they are observed")
    func presence() throws {
        let witness = RuleWitness()
        let generation = try ShippedTables.generation()
        let observed = generation.observed(by: witness)
        let user = try JID("romeo@example.net")
        let contact = Correspondent(jid: user, uri: try SIPURI("sip:romeo@example.net"))
        var documents = 0
        for folder in VectorFolder.shipped {
            for input in folder.inputs where input.kind == .pidf {
                let body = PresenceBody(type: "application/pidf+xml", bytes: input.bytes)
                let results = [generation, observed].map { generation in
                    PresenceTranslator(generation: generation, routing: .tables)
                        .presences(from: body, of: contact, facts: VectorRun.defaults)
                }
                #expect(results[0].trace == results[1].trace)
                let steps = witness.take()
                #expect(Self.drifts(steps) == [])
                let rows = results[0].trace.rows.filter { Self.isField($0, generation) }
                #expect(Self.fired(steps).filter { Self.isField($0, generation) } == rows)
                documents += 1
            }
        }
        #expect(documents > 5)
    }

    @Test("the tests beside the rows pass under observation, and each of their questions is explained")
    func tableTests() throws {
        let witness = RuleWitness()
        let generation = try ShippedTables.generation().observed(by: witness)
        let runner = TableTestRunner(generation)
        for test in generation.tests {
            #expect(runner.run(test).passed, "\(test.name)")
            #expect(Self.drifts(witness.take()) == [], "\(test.name)")
        }
    }
}

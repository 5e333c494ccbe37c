import MappingTables
import Testing

@testable import Interworking

/// Each word of each shipped row is turned into another, and a test beside the rows, or a vector, must fail.
///
/// What survives stands in `reasons` with why; nothing else may.
@Suite("Shipped tables: no word of a row can be another", .serialized)
struct FlipTests {
    /// Flips that nothing can notice, each with its reason; a reason that no flip needs is a fault too.
    private static let reasons: [String: String] = {
        let groups: [(reason: String, flips: [String])] = [
            (
                "message.sip.recipient, before it, refuses the same value",
                ["message.sip: to on-error: drop", "message.sip: to on-error: keep"]
            ),
            (
                "its converter makes something of every text",
                [
                    "message.sip: thread loss: presence.note", "message.xmpp: html-in loss: presence.note",
                    "message.xmpp: html-out loss: presence.note", "message.sip: thread on-error: keep",
                    "message.sip: thread on-error: refuse",
                    "message.xmpp: html-out on-error: keep", "message.xmpp: html-out on-error: refuse",
                    "message.xmpp: html-in on-error: keep", "message.xmpp: html-in on-error: refuse",
                ]
            ),
            (
                "its table answers every text",
                [
                    "presence.fields: mood loss: presence.note", "presence.fields: activity loss: presence.note",
                    "presence.fields: mood on-error: keep", "presence.fields: mood on-error: refuse",
                    "presence.fields: activity on-error: keep", "presence.fields: activity on-error: refuse",
                ]
            ),
        ]
        return Dictionary(
            groups.flatMap { group in group.flips.map { ($0, group.reason) } },
            uniquingKeysWith: { first, _ in first }
        )
    }()

    private static func check(_ mutations: [Mutation], atLeast count: Int, orProved: Bool = false) {
        #expect(mutations.count >= count)
        var unexplained: [String] = []
        for mutation in mutations {
            let isSeen = Mutations.isSeen(mutation) || orProved && Mutations.isProvedOtherwise(mutation)
            if let reason = reasons[mutation.testDescription] {
                #expect(!isSeen, "\(mutation) is noticed, and needs no reason: \(reason)")
            } else if !isSeen, !Mutations.isSeenByVectors(mutation) {
                unexplained.append(mutation.testDescription)
            }
        }
        #expect(unexplained.isEmpty, "\(unexplained.count) survive: \(unexplained.joined(separator: "\n"))")
    }

    @Test("the way of a row")
    func ways() {
        let mutations = Mutations.rows { row in
            let sides = ["xmpp", "cpim", "sip", "pidf"].filter { side in
                row[side] != nil || row["when"]?[side] != nil
            }
            guard sides.count == 2, row["gateway"] == nil, row["relation"] != nil || row["id"] != nil else { return [] }
            let isError = row["retry"] != nil || row["sip"]?["status"] != nil
            if isError, row["relation"] == nil { return [] }
            // Patterns of addresses lead both ways by nature.
            if row["xmpp"]?.text?.contains("{") == true { return [] }
            let way = row["way"]?.text ?? "both"
            return (["both"] + sides.map { "to-\($0)" }).filter { $0 != way }.map {
                ("\(id(row)) way: \($0)", row.setting("way", $0))
            }
        }
        Self.check(mutations, atLeast: 100, orProved: true)
    }

    @Test("what is done about a value that cannot be converted")
    func remedies() {
        let mutations = Mutations.rows { row in
            guard let remedy = row["on-error"]?.text else { return [] }
            return ["drop", "keep", "refuse"].filter { $0 != remedy }.map {
                ("\(id(row)) on-error: \($0)", row.setting("on-error", $0))
            }
        }
        Self.check(mutations, atLeast: 30)
    }

    @Test("the converter of a row")
    func converters() {
        let mutations = Mutations.rows { row in
            guard row["convert"] != nil else { return [] }
            return [("\(id(row)) without convert", row.without("convert").without("values").without("on-error"))]
        }
        Self.check(mutations, atLeast: 30)
    }

    @Test("the class of a loss")
    func losses() {
        let mutations = Mutations.rows { row in
            guard let loss = row["loss"]?.text else { return [] }
            let other = loss == "presence.note" ? "presence.value" : "presence.note"
            return [("\(id(row)) loss: \(other)", row.setting("loss", other))]
        }
        Self.check(mutations, atLeast: 15)
    }

    @Test("the switches under which a row holds")
    func conditions() {
        let mutations = Mutations.rows { row in
            ["when", "unless"].flatMap { key in
                (row[key]?.pairs ?? []).compactMap { name, value -> (String, MappingNode?)? in
                    guard let known = name.text.flatMap({ Switch(name: $0) }), case .words(let words) = known.domain,
                        let whole = row[key]
                    else { return nil }
                    let used = value.elements?.compactMap(\.text) ?? [value.text ?? ""]
                    guard let other = words.first(where: { !used.contains($0) }) else { return nil }
                    let changed = row.replacing(key, with: whole.setting(known.name, other))
                    return ("\(id(row)) \(key) \(known.name): \(other)", changed)
                }
            }
        }
        Self.check(mutations, atLeast: 20)
    }

    @Test("the claim that both sides mean the same")
    func relations() {
        let mutations = Mutations.rows { row in
            // What leads one way claims nothing that a machine could know: it is the author's word.
            guard let relation = row["relation"]?.text, row["way"] == nil else { return [] }
            let other = relation == "equal" ? "broader" : "equal"
            return [("\(id(row)) relation: \(other)", row.setting("relation", other))]
        }
        Self.check(mutations, atLeast: 60, orProved: true)
    }

    @Test("a cell of a value row")
    func cells() {
        var words: [String: [String]] = [:]
        for file in Mutations.files where file.root["kind"]?.text == "values" {
            for row in file.root["rows"]?.elements ?? [] {
                for side in ["xmpp", "pidf", "sip"] {
                    for (column, value) in row[side]?.pairs ?? [] {
                        if let text = value.text, text != "none" {
                            words["\(side).\(column.text ?? "")", default: []].append(text)
                        }
                    }
                }
            }
        }
        let mutations = Mutations.rows { row in
            guard row["relation"] != nil else { return [] }
            return ["xmpp", "pidf", "sip"].flatMap { side in
                (row[side]?.pairs ?? []).compactMap { column, value -> (String, MappingNode?)? in
                    let name = column.text ?? ""
                    guard let text = value.text,
                        let other = words["\(side).\(name)"]?.first(where: { $0 != text && text != "none" })
                    else { return nil }
                    return ("\(id(row)) \(side).\(name): \(other)", row.replacing([side, name], with: other))
                }
            }
        }
        Self.check(mutations, atLeast: 200)
    }

    @Test("what a refusal tells its sender, and what an error row answers with")
    func texts() {
        let mutations = Mutations.rows { row in
            var changes: [(String, MappingNode?)] = []
            if row["text"] != nil { changes.append(("\(id(row)) text", row.setting("text", "Something else."))) }
            if row["sip"]?["reason"] != nil {
                changes.append(("\(id(row)) reason", row.replacing(["sip", "reason"], with: "Something else")))
            }
            return changes
        }
        Self.check(mutations, atLeast: 30)
    }

    @Test("the pattern of an address, and the switches of all other neighbors")
    func patterns() {
        var mutations = Mutations.rows { row in
            guard row["xmpp"]?.text?.contains("{") == true else { return [] }
            return ["xmpp", "cpim"].map { side in
                ("\(id(row)) \(side)", row.setting(side, "{user}@changed.example"))
            }
        }
        for (index, file) in Mutations.files.enumerated() {
            guard let node = file.root["otherwise"], let set = node["set"] else { continue }
            for (name, value) in set.pairs ?? [] {
                guard let known = name.text.flatMap({ Switch(name: $0) }), case .words(let words) = known.domain,
                    let other = words.first(where: { $0 != value.text })
                else { continue }
                var files = Mutations.files
                let changed = node.replacing("set", with: set.setting(known.name, other))
                files[index] = TableFile(layer: .standard, root: file.root.replacing("otherwise", with: changed))
                mutations.append(
                    Mutation(
                        table: "routes",
                        testDescription: "routes: otherwise \(known.name): \(other)",
                        files: files
                    )
                )
            }
        }
        Self.check(mutations, atLeast: 4)
    }
}

private func id(_ row: MappingNode) -> String { row["id"]?.text ?? "" }

import GatewayDaemon
import Interworking
import MappingTables

/// What the tables were asked on the road of an item, and what each of their rows said.
struct Explanation {
    /// One row.
    struct Row: Encodable {
        let row: String
        let matched: Bool
        let reason: String
        let why: String
        let before: [String]
        let after: [String]
        let losses: [Loss]
        let near: Bool
        let file: String
        let line: Int
        let column: Int

        var place: String { "\(file):\(line):\(column)" }
    }

    /// Something that did not cross, and what is done about it.
    struct Loss: Encodable {
        let `class`: String
        let detail: String?
    }

    /// One question to a table, with its rows in the order in which they are tried.
    struct Table: Encodable {
        let stage: String
        let table: String
        let kind: String
        let way: String?
        let asked: String
        let answer: String?
        let rows: [Row]
    }

    /// A switch with the place that set it.
    struct Setting: Encodable {
        let name: String
        let value: String
        /// The row that set it; nil for the command line.
        let row: String?
        let file: String?
        let line: Int?
        let column: Int?

        var place: String { file.map { "\($0):\(line ?? 0):\(column ?? 0)" } ?? "the command line" }
    }

    /// The route that the item takes.
    struct Road: Encodable {
        let peer: String
        let profile: String
        let row: String
        let file: String?
        let line: Int?
        let column: Int?
        let switches: [Setting]
    }

    /// The questions in the order of the road.
    let tables: [Table]
    let road: Road

    /// - Parameters:
    ///   - steps: what a witness saw.
    ///   - setup: the tables that were observed.
    ///   - peer: the domain of the CPIM shore.
    ///   - losses: what was lost, whose details stand with what is done about them.
    init(_ steps: [TableStep], _ setup: TranslationSetup, peer: String, losses: [RuleTrace.Loss] = []) {
        var seen: Set<TableStep> = []
        // A message on its way in passes the carrier first; otherwise the stages have one order.
        let isInward = steps.first { $0.stage == .carrier }?.way == .toCPIM
        let order: [TableStep.Stage] =
            [.route, .addresses] + (isInward ? [.carrier, .message] : [.message, .carrier])
            + [.presence, .values, .losses, .errors]
        let distinct = steps.filter { seen.insert($0).inserted }
        tables = order.flatMap { stage in
            distinct.filter { $0.stage == stage }.map { Self.table($0, setup, losses) }
        }
        let route = setup.route(peer)
        let index = SettingIndex(setup.files)
        let switches = Switch.allCases.map { known in
            let place = route.origins.indices.contains(known.rawValue) ? route.origins[known.rawValue] : nil
            return Setting(
                name: known.name,
                value: route.switches.text(known),
                row: place.flatMap { index.row($0) },
                file: place.map { Faults.path($0.file, in: setup.directory) },
                line: place?.line,
                column: place?.column
            )
        }
        let others = index.otherwise
        var row = route.row.map { setup.generation.name(of: $0) } ?? others?.name ?? "the row of all others"
        var place = route.row.map { setup.generation.rows[$0.index].position } ?? others?.position
        if setup.profile != nil {
            row = "--profile"
            place = nil
        }
        road = Road(
            peer: peer,
            profile: route.profile,
            row: row,
            file: place.map { Faults.path($0.file, in: setup.directory) },
            line: place?.line,
            column: place?.column,
            switches: switches
        )
    }

    private static func table(_ step: TableStep, _ setup: TranslationSetup, _ losses: [RuleTrace.Loss]) -> Table {
        let details = step.stage == .losses ? losses.filter { $0.lossClass.rawValue == step.asked } : []
        return Table(
            stage: step.stage.rawValue,
            table: step.table,
            kind: step.kind.rawValue,
            way: step.way?.rawValue,
            asked: step.asked,
            answer: step.answer,
            rows: step.rows.map { row in
                Row(
                    row: row.name,
                    matched: row.isMatched,
                    reason: row.reason.rawValue,
                    why: row.why,
                    before: row.before,
                    after: row.after,
                    losses: (row.losses + details).map { Loss(class: $0.lossClass.rawValue, detail: $0.detail) },
                    near: row.isNear,
                    file: Faults.path(row.position.file, in: setup.directory),
                    line: row.position.line,
                    column: row.position.column
                )
            }
        )
    }

    // MARK: Text

    /// The explanation in lines.
    ///
    /// - Parameter isWhole: whether every row is shown, else those that matched and those that came near to it.
    /// - Returns: the lines.
    func lines(isWhole: Bool) -> [String] {
        var lines = ["route (\(road.peer.isEmpty ? "any other domain" : road.peer))"]
        let place = road.file.map { "  \($0):\(road.line ?? 0):\(road.column ?? 0)" } ?? ""
        lines.append("  profile \(road.profile), chosen by \(road.row)\(place)")
        // What a profile sets for everybody is its own affair; what stands over it is what somebody wonders about.
        let shown = road.switches.filter { isWhole || $0.row?.hasPrefix("profiles.default") != true }
        for setting in shown {
            lines.append("  set  \(setting.name): \(setting.value)  by \(setting.row ?? "--set")  \(setting.place)")
        }
        if shown.count < road.switches.count {
            lines.append("  (\(road.switches.count - shown.count) switches as profiles.default has them)")
        }
        for table in tables where table.stage != TableStep.Stage.route.rawValue || isWhole || !table.rows.isEmpty {
            lines += Self.lines(table, isWhole: isWhole)
        }
        return lines
    }

    private static func lines(_ table: Table, isWhole: Bool) -> [String] {
        let heads: [String: String] = [
            "xmpp-middle.to-cpim": "xmpp → middle", "xmpp-middle.to-xmpp": "middle → xmpp",
            "middle-carrier.to-sip": "middle → carrier", "middle-carrier.to-cpim": "carrier → middle",
            "xmpp-pidf.to-pidf": "xmpp → pidf", "xmpp-pidf.to-xmpp": "pidf → xmpp",
        ]
        let way = table.way.map { heads["\(table.stage).\($0)"] ?? $0 }
        var head = "\(table.table) (\(way.map { "\(table.kind), \($0)" } ?? table.kind))"
        if !table.asked.isEmpty { head += ": \(table.asked)" }
        if let answer = table.answer { head += " → \(answer)" }
        var lines = [head]
        let shown = table.rows.filter { isWhole || $0.matched || $0.near || $0.reason == "refused" }
        for row in shown {
            lines.append("  \(row.matched ? "yes" : "no ")  \(row.row)  \(row.place)")
            lines.append("       \(row.why)")
            if table.kind == TableKind.fields.rawValue, !row.before.isEmpty {
                let after = row.after.isEmpty ? "nothing" : quoted(row.after)
                lines.append("       \(quoted(row.before)) → \(after)")
            }
            for loss in row.losses {
                lines.append("       loss  \(loss.class)" + (loss.detail.map { ": \($0)" } ?? ""))
            }
        }
        if shown.count < table.rows.count {
            let rest = table.rows.count - shown.count
            lines.append("  (\(rest) more \(rest == 1 ? "row" : "rows"); --all shows \(rest == 1 ? "it" : "them"))")
        }
        return lines
    }

    private static func quoted(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: ", ") }
}

/// Which row of which table set a switch.
private struct SettingIndex {
    private var rows: [SourcePosition: String] = [:]
    /// The row of all others that holds.
    private(set) var otherwise: (name: String, position: SourcePosition)?

    init(_ files: [TableFile]) {
        for file in files {
            let table = file.root["table"]?.text ?? ""
            func note(_ node: MappingNode?, _ id: String) {
                for (_, value) in node?["set"]?.pairs ?? [] { rows[value.position] = "\(table).\(id)" }
            }
            for row in file.root["rows"]?.elements ?? [] { note(row, row["id"]?.text ?? "") }
            note(file.root["otherwise"], "otherwise")
            if let node = file.root["otherwise"] { otherwise = ("\(table).otherwise", node.position) }
        }
    }

    func row(_ position: SourcePosition) -> String? { rows[position] }
}

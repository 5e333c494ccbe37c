import Addressing
import GatewayDaemon
import Interworking
import MappingTables

/// Each row of the tables that an item met: whether it matched, why, and what it changed.
struct Explanation {
    /// One row.
    struct Row: Encodable {
        let row: String
        let matched: Bool
        let why: String
        let file: String
        let line: Int
    }

    /// The rows of one table in order.
    struct Table: Encodable {
        let table: String
        let kind: String
        var rows: [Row]
    }

    private let result: Translation.Result
    private let setup: TranslationSetup
    private let index: RowIndex
    private let fired: Set<RowID>
    private let route: Route
    /// Whether the item goes to the CPIM shore.
    private let isOutward: Bool
    /// Whether the item is presence.
    private let isPresence: Bool

    init(_ result: Translation.Result, _ setup: TranslationSetup, from: Form, to: Form) {
        self.result = result
        self.setup = setup
        index = RowIndex(setup.loaded.files)
        fired = Set(result.trace.rows)
        route = setup.route(result.domain ?? "")
        isOutward = from == .xmpp || to == .sip
        isPresence = from == .pidf || to == .pidf
    }

    /// The tables in the order of the road.
    var tables: [Table] {
        let message = (rules: route.messageFields, way: isOutward ? Way.toCPIM : .toXMPP)
        let carrier = (rules: route.carrierFields, way: isOutward ? Way.toSIP : .toCPIM)
        var tables = routes
        if isPresence {
            tables += fields(route.presenceFields, isOutward ? .toPIDF : .toXMPP)
            tables += others(.values, matched: "gives the words", else: "an earlier row decides, or it does not fit")
        } else {
            for step in isOutward ? [message, carrier] : [carrier, message] { tables += fields(step.rules, step.way) }
        }
        tables += others(
            .addresses,
            matched: "gives the address",
            else: "an earlier row decides, or its pattern does not fit"
        )
        if !result.trace.losses.isEmpty { tables += losses }
        if result.refusal != nil || result.products.contains(where: { $0.kind == .error }) {
            tables += others(.errors, matched: "gives the error", else: "another row is nearer to the failure")
        }
        return tables
    }

    // MARK: Kinds

    private var routes: [Table] {
        var isFixed = false
        if case .fixed = setup.routing { isFixed = true }
        let domain = result.domain ?? "this item"
        var isDecided = false
        var tables = rows(.routes) { id, _ in
            if isFixed { return (false, "the command line sets the route: profile \(route.profile)") }
            if route.row == id {
                isDecided = true
                return (true, "takes \(domain): profile \(route.profile)")
            }
            return (false, isDecided ? "an earlier row decides" : "does not take \(domain)")
        }
        for file in setup.loaded.files where file.root["kind"]?.text == TableKind.routes.rawValue {
            guard let node = file.root["otherwise"], let table = file.root["table"]?.text else { continue }
            let matched = !isFixed && !isDecided
            let why = isFixed ? "the command line sets the route: profile \(route.profile)" : "a row decides"
            let line = Row(
                row: "\(table).otherwise",
                matched: matched,
                why: matched ? "takes what no row takes: profile \(route.profile)" : why,
                file: Faults.path(node.position.file, in: setup.directory),
                line: node.position.line
            )
            if let place = tables.firstIndex(where: { $0.table == table }) {
                tables[place].rows.append(line)
            } else {
                tables.append(Table(table: table, kind: TableKind.routes.rawValue, rows: [line]))
            }
        }
        return tables
    }

    private func fields(_ rules: FieldRules, _ way: Way) -> [Table] {
        let ours = rules.rules(way)
        let others = way == .toCPIM || way == .toPIDF ? rules.outward : rules.inward
        let names = Set((ours + others).compactMap { name(of: $0.row) })
        return rows(.fields, named: names) { id, node in
            if let rule = ours.first(where: { $0.row == id }) {
                let change = "\(Self.text(rule.source)) → \(Self.text(rule.target))"
                let how = rule.converter == .copy ? "" : ", by \(rule.converter.rawValue)"
                if fired.contains(id) { return (true, change + how) }
                return (false, "the item has no \(Self.text(rule.source)), or there is nothing to write")
            }
            if others.contains(where: { $0.row == id }) {
                return (false, "leads the other way (way: \(RowIndex.text(node?["way"])))")
            }
            if let when = node?["when"] { return (false, "its switches do not hold: when: \(RowIndex.text(when))") }
            return (false, "it holds for other items (way: \(node?["way"].map { RowIndex.text($0) } ?? "both"))")
        }
    }

    private var losses: [Table] {
        let classes = Set(result.trace.losses.map { setup.generation.name(of: $0.lossClass) })
        return rows(.loss) { id, node in
            let name = RowIndex.text(node?["class"])
            guard classes.contains(name) || fired.contains(id) else { return (false, "nothing of this class was lost") }
            let details = result.trace.losses.filter { setup.generation.name(of: $0.lossClass) == name }
            let text = details.map { $0.detail ?? name }.joined(separator: ", ")
            return (true, "\(RowIndex.text(node?["do"] ?? node?["action"])): \(text)")
        }
    }

    private func others(_ kind: TableKind, matched: String, else other: String) -> [Table] {
        rows(kind) { id, node in
            fired.contains(id) ? (true, matched + ": " + Self.outcome(node)) : (false, other)
        }
    }

    // MARK: Rows

    private func rows(
        _ kind: TableKind,
        named names: Set<String>? = nil,
        judge: (RowID, MappingNode?) -> (matched: Bool, why: String)
    ) -> [Table] {
        var found: [Table] = []
        for (number, row) in setup.generation.rows.enumerated() where row.kind == kind {
            if let names, !names.contains(row.table) { continue }
            let verdict = judge(RowID(number), index.node(row))
            let line = Row(
                row: row.name,
                matched: verdict.matched,
                why: verdict.why,
                file: Faults.path(row.position.file, in: setup.directory),
                line: row.position.line
            )
            if let place = found.firstIndex(where: { $0.table == row.table }) {
                found[place].rows.append(line)
            } else {
                found.append(Table(table: row.table, kind: kind.rawValue, rows: [line]))
            }
        }
        return found
    }

    private func name(of row: RowID) -> String? {
        setup.generation.rows.indices.contains(row.index) ? setup.generation.rows[row.index].table : nil
    }

    private static func outcome(_ node: MappingNode?) -> String {
        let parts = (node?.pairs ?? []).filter { !["id", "about", "overrides"].contains($0.key.text) }
        return parts.map { "\(RowIndex.text($0.key)): \(RowIndex.text($0.value))" }.joined(separator: ", ")
    }

    private static func text(_ selector: FieldSelector) -> String {
        switch selector {
        case .core(let field): field.rawValue
        case .element(let namespace, let name, let attribute):
            "element {\(namespace)}\(name)" + (attribute.map { " attribute \($0)" } ?? "")
        case .header(let namespace, let name): "header " + (namespace.map { "{\($0)}" } ?? "") + name
        case .annotation(let namespace, let name): "annotation {\(namespace)}\(name)"
        case .descendant(let namespace, let name, let path, let attribute):
            "element {\(namespace)}\(name)" + inside(path, attribute)
        case .part(.civic, _, let name, _, _): "civic \(name)"
        case .part(let part, let namespace, let name, let path, let attribute):
            "\(part.rawValue) {\(namespace)}\(name)" + inside(path, attribute)
        }
    }

    private static func inside(_ path: ElementPath, _ attribute: String?) -> String {
        (path == .none ? "" : "/" + path.text) + (attribute.map { " attribute \($0)" } ?? "")
    }
}

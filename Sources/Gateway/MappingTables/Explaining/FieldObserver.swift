/// Explains how the rows of a field table are applied.
@usableFromInline
final class FieldObserver: Sendable {
    private let stage: TableStep.Stage
    private let table: String
    private let rows: [FieldRow]
    private let switches: SwitchSet
    private let tables: [String: ValueTable]
    private let observer: TableObserver

    init(
        _ stage: TableStep.Stage,
        _ table: String,
        _ rows: [FieldRow],
        _ switches: SwitchSet,
        _ tables: [String: ValueTable],
        _ observer: TableObserver
    ) {
        self.stage = stage
        self.table = table
        self.rows = rows
        self.switches = switches
        self.tables = tables
        self.observer = observer
    }

    /// Applies one row after the other to a copy of the target, by the code that applies all of them.
    @usableFromInline
    func explain<Source: FieldSource, Target: FieldTarget, Converting: FieldConverter>(
        from source: Source,
        to target: Target,
        way: Way,
        converter: Converting
    ) {
        var step = TableStep(.fields, table, way: way, asked: "")
        step.stage = stage
        var target = Recorder(inner: target)
        var writers: [FieldSelector: RowID] = [:]
        var refuser: RowID?
        for row in rows {
            if let refuser {
                let why = "\(observer.name(refuser)) has refused the item"
                step.rows.append(observer.row(row.row, .afterRefusal, why))
                continue
            }
            let found = explain(row, from: source, to: &target, way: way, converter, &writers)
            step.rows.append(found.row)
            step.fired += found.fired
            if found.row.reason == .refused { refuser = row.row }
        }
        if let refuser { step.answer = "\(observer.name(refuser)) refuses the item" }
        step.rows += observer.idle(.fields, table: table, besides: Set(rows.map(\.row)))
        observer.witness.record(step)
    }

    private func explain<Source: FieldSource, Target: FieldTarget, Converting: FieldConverter>(
        _ row: FieldRow,
        from source: Source,
        to target: inout Recorder<Target>,
        way: Way,
        _ converter: Converting,
        _ writers: inout [FieldSelector: RowID]
    ) -> (row: TableStep.Row, fired: [RowID]) {
        let isInward = way == .toCPIM || way == .toPIDF
        let values = source.values(of: isInward ? row.outer : row.pivot)
        func end(_ reason: TableStep.Reason, _ why: String) -> (row: TableStep.Row, fired: [RowID]) {
            var step = observer.row(row.row, reason, why)
            step.before = values.map(\.words)
            step.isNear = !values.isEmpty
            return (step, [])
        }
        guard let rule = row.rule(inward: isInward, switches, tables) else {
            if let obstacle = row.condition.obstacle(switches) { return end(.condition, obstacle) }
            var step = end(.otherWay, row.way.words)
            step.row.isNear = false
            return step
        }
        guard !values.isEmpty else { return end(.absent, "the item has no \(rule.source.words)") }
        let image = target.image
        target.written = []
        var trace = RuleTrace()
        var refusal: FieldRefusal?
        do throws(FieldRefusal) {
            // The engine with this row alone: what it does is what happens.
            let single = FieldRules(outward: [rule], inward: [rule])
            try single.apply(from: source, to: &target, way: way, converter: converter, trace: &trace)
        } catch { refusal = error }
        var change = "\(rule.source.words) → \(rule.target.words)"
        if rule.converter != .copy { change += ", by \(rule.converter.rawValue)" }
        if let table = row.table { change += " \(table)" }
        var result: (row: TableStep.Row, fired: [RowID])
        if let refusal {
            result = end(.refused, "\(change): refuses the item: \(refusal.reason)")
        } else if !trace.rows.contains(rule.row) {
            let fault = trace.losses.first?.detail
            result =
                fault.map { end(.unconvertible, "\(change): \($0)") }
                ?? end(.nothingToWrite, "\(change): there is nothing to write")
        } else if image == target.image {
            result =
                writers[rule.target].map {
                    end(.writtenBefore, "\(change): \(observer.name($0)) wrote \(rule.target.words) first")
                } ?? end(.unchanged, "\(change): the other side has it already, or has no place for it")
        } else {
            result = end(.matched, change)
            if writers[rule.target] == nil { writers[rule.target] = rule.row }
        }
        result.row.after = target.written.map(\.words)
        result.row.losses = trace.losses
        result.fired = trace.rows
        return result
    }
}

/// A target that remembers what the last row gave it.
private struct Recorder<Inner: FieldTarget>: FieldTarget {
    var inner: Inner
    var written: [FieldValue] = []
    /// All that the target holds, as text that differs when it does.
    private(set) var image: String

    init(inner: Inner) {
        self.inner = inner
        image = String(reflecting: inner)
    }

    mutating func set(_ values: FieldValues, for selector: FieldSelector) throws(ConversionFault) {
        try inner.set(values, for: selector)
        written = Array(values)
        image = String(reflecting: inner)
    }
}

extension FieldValue {
    /// The text with its language.
    var words: String { shortened(text) + (language.map { " (\($0))" } ?? "") }
}

extension FieldSelector {
    /// The field in words, such as `body`, or `element {jabber:x:oob}x`.
    public var words: String {
        switch self {
        case .core(let field): field.rawValue
        case .element(let namespace, let name, let attribute):
            "element {\(namespace)}\(name)" + Self.inside(.none, attribute)
        case .header(let namespace, let name): "header " + (namespace.map { "{\($0)}" } ?? "") + name
        case .annotation(let namespace, let name): "annotation {\(namespace)}\(name)"
        case .markup(let namespace, let name): "element {\(namespace)}\(name) as xml"
        case .content(let part): "part \(part.text)"
        case .descendant(let namespace, let name, let path, let attribute):
            "element {\(namespace)}\(name)" + Self.inside(path, attribute)
        case .part(.civic, _, let name, _, _): "civic \(name)"
        case .part(let part, let namespace, let name, let path, let attribute):
            "\(part.rawValue) {\(namespace)}\(name)" + Self.inside(path, attribute)
        }
    }

    private static func inside(_ path: ElementPath, _ attribute: String?) -> String {
        (path == .none ? "" : "/" + path.text) + (attribute.map { " attribute \($0)" } ?? "")
    }
}

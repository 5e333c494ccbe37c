/// Explains the questions to the tables of an observed generation.
///
/// It walks all rows that are declared, not the indexes by which a table finds them, and asks each by the predicate that
/// the table itself uses.
final class TableObserver: Sendable {
    let witness: RuleWitness
    private let infos: [Generation.RowInfo]

    init(_ witness: RuleWitness, _ infos: [Generation.RowInfo]) {
        self.witness = witness
        self.infos = infos
    }

    /// A row with the sentence that explains it.
    func row(_ id: RowID, _ reason: TableStep.Reason, _ why: String) -> TableStep.Row {
        guard infos.indices.contains(id.index) else {
            let nowhere = SourcePosition(file: "", line: 0, column: 0)
            return TableStep.Row(row: id, name: "#\(id.index)", position: nowhere, reason: reason, why: why)
        }
        let info = infos[id.index]
        return TableStep.Row(row: id, name: info.name, position: info.position, reason: reason, why: why)
    }

    func name(_ id: RowID?) -> String { id.map { row($0, .matched, "").name } ?? "" }

    /// The table of a row.
    func table(_ id: RowID?, else other: String) -> String {
        guard let id, infos.indices.contains(id.index) else { return other }
        return infos[id.index].table
    }

    /// The rows of a kind that are not in force here: another replaces them, or they hold for another neighbor.
    func idle(_ kind: TableKind, table: String?, besides declared: Set<RowID>) -> [TableStep.Row] {
        infos.indices.compactMap { index in
            let info = infos[index]
            guard info.kind == kind, table == nil || info.table == table, !declared.contains(RowID(index)) else {
                return nil
            }
            let other = declared.sorted().last {
                infos.indices.contains($0.index) && infos[$0.index].overridden == info.name
            }
            return other.map {
                row(RowID(index), .overridden, "overridden by \(name($0)) at \(infos[$0.index].position)")
            }
                ?? row(RowID(index), .otherNeighbor, "holds for another neighbor, or another profile takes this table")
        }
    }
}

extension SwitchCondition {
    /// The first switch that keeps a row from holding, in words; nil when it holds.
    func obstacle(_ switches: SwitchSet) -> String? {
        guard let term = terms.first(where: { !SwitchCondition(terms: [$0]).holds(switches) }) else { return nil }
        let word = term.isNegated ? "unless" : "when"
        let values = term.values.count == 1 ? term.values[0] : "[\(term.values.joined(separator: ", "))]"
        return "\(word) \(term.name.name): \(values), but it is \(switches.text(term.name))"
    }
}

extension Way {
    /// The word that a file has for the way.
    var words: String { "leads the other way (way: \(rawValue))" }
}

/// Text of an item, short enough to be read.
func shortened(_ text: String) -> String {
    let kept = String(text.unicodeScalars.prefix(128))
    return kept == text ? text : kept + "…"
}

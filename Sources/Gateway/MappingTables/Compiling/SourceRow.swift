/// A row as it stands in a file, with its place in the generation.
struct SourceRow {
    let id: String
    let row: RowID
    let table: String
    let layer: TableFile.Layer
    let node: MappingNode
    /// The id of the row that it replaces.
    let overridden: String?
}

extension SourceRow {
    /// A row without an id that could be used: its columns are looked at, and nothing else comes of it.
    init(unnamed node: MappingNode, _ row: RowID, _ head: TableHead) {
        self.init(
            id: node["id"]?.text ?? "",
            row: row,
            table: head.name,
            layer: head.layer,
            node: node,
            overridden: node["overrides"]?.text
        )
    }
}

/// A row with its columns understood.
enum TypedRow {
    case field(FieldRow)
    case value(ValueRow)
    case failure(ErrorTable.FailureRow)
    case condition(ErrorTable.ConditionRow)
    case refusal(String, RefusalWords)
    case address(AddressRule)
    case loss(LossClass, LossTable.Entry)
    case route(RouteRow)
    case profile(ProfileRow)
}

struct FieldRow: Sendable {
    let row: RowID
    let outer: FieldSelector
    let pivot: FieldSelector
    let way: Way
    let converter: Converter
    let remedy: ConversionRemedy
    let loss: LossClass
    let condition: SwitchCondition
    /// The value table that the converter `values` goes through.
    let table: String?
    /// Whether the element that it names stands in a personal event.
    let isEvent: Bool

    /// The rule that the row is on one way; nil when it does not lead there or the switches keep it.
    func rule(inward: Bool, _ switches: SwitchSet, _ tables: [String: ValueTable]) -> FieldRule? {
        let isInward = way == .toCPIM || way == .toPIDF
        guard condition.holds(switches), way == .both || isInward == inward else { return nil }
        return FieldRule(
            row: row,
            source: inward ? outer : pivot,
            target: inward ? pivot : outer,
            converter: converter,
            remedy: remedy,
            loss: loss,
            table: table.flatMap { tables[$0] },
            isEvent: isEvent
        )
    }
}

struct RouteRow {
    let row: RowID
    let pattern: DomainPattern
    /// The profile; nil for that of all others.
    let profile: String?
    let settings: [(name: Switch, value: String, node: MappingNode)]
    let node: MappingNode
}

struct ProfileRow {
    let id: String
    let extended: String?
    let settings: [(name: Switch, value: String, node: MappingNode)]
    let tables: [(name: String, other: String, node: MappingNode)]
    let node: MappingNode
}

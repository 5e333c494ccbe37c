/// The legal holds.
struct HoldTable {
    private let database: Database

    init(_ database: Database) { self.database = database }

    private static let columns = """
        id, kind, one, other, label, first_day, last_day, reason, placed_by, placed_ms, asked_by, asked_ms,
        lifted_by, lifted_ms
        """

    /// Holds in force.
    func active() throws(LedgerError) -> [Hold] { try holds("WHERE lifted_ms IS NULL") }

    /// All holds, also those that were lifted.
    func all() throws(LedgerError) -> [Hold] { try holds("") }

    /// Stores a hold; its number is the next one unless it has one.
    func place(_ hold: Hold) throws(LedgerError) {
        let statement = try database.cached(
            """
            INSERT INTO holds(id, kind, one, other, label, first_day, last_day, reason, placed_by, placed_ms)
            VALUES(nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """
        )
        let (one, other): (String, String?) =
            switch hold.scope {
            case .person(let text), .domain(let text): (text, nil)
            case .conversation(let one, let other): (one, other)
            }
        statement.bind(1, hold.id)
        statement.bind(2, hold.scope.kind)
        statement.bind(3, one)
        statement.bind(4, other)
        statement.bind(5, hold.label.bytes)
        statement.bind(6, hold.firstDay)
        statement.bind(7, hold.lastDay)
        statement.bind(8, hold.reason)
        statement.bind(9, hold.placed.actor)
        statement.bind(10, hold.placed.time)
        try statement.run()
    }

    /// Notes that somebody asks that a hold be lifted; the first of two.
    func ask(_ id: Int64, _ act: Hold.Act) throws(LedgerError) {
        let hold = try inForce(id)
        if let asked = hold.asked { throw HoldTable.refusal(id, asked, act) }
        try set("asked", id, act)
    }

    /// Lifts a hold for which somebody else has asked.
    func lift(_ id: Int64, _ act: Hold.Act) throws(LedgerError) {
        let hold = try inForce(id)
        guard let asked = hold.asked, asked.actor != act.actor else {
            throw HoldTable.refusal(id, hold.asked, act)
        }
        try set("lifted", id, act)
    }

    private func inForce(_ id: Int64) throws(LedgerError) -> Hold {
        guard let hold = try holds("WHERE id = \(id) AND lifted_ms IS NULL").first else {
            throw LedgerError(.unknownHold, "there is no hold \(id) in force", remedy: "see isthmus audit hold list")
        }
        return hold
    }

    private static func refusal(_ id: Int64, _ asked: Hold.Act?, _ act: Hold.Act) -> LedgerError {
        LedgerError(
            .sameOperator,
            asked == nil
                ? "nobody has asked that hold \(id) be lifted"
                : "\(act.actor) cannot lift hold \(id) alone: \(asked?.actor ?? "") asked for it",
            remedy: "a second operator, with a user id of their own, lifts it"
        )
    }

    private func set(_ part: String, _ id: Int64, _ act: Hold.Act) throws(LedgerError) {
        let statement = try database.cached("UPDATE holds SET \(part)_by = ?2, \(part)_ms = ?3 WHERE id = ?1")
        statement.bind(1, id)
        statement.bind(2, act.actor)
        statement.bind(3, act.time)
        try statement.run()
    }

    private func holds(_ condition: String) throws(LedgerError) -> [Hold] {
        let statement = try database.prepare("SELECT \(HoldTable.columns) FROM holds \(condition) ORDER BY id")
        var holds: [Hold] = []
        while try statement.step() { holds.append(try HoldTable.hold(statement)) }
        return holds
    }

    private static func hold(_ row: Statement) throws(LedgerError) -> Hold {
        let scope: HoldScope
        switch row.text(1) {
        case "person": scope = .person(row.text(2))
        case "conversation": scope = .conversation(row.text(2), row.text(3))
        case "domain": scope = .domain(row.text(2))
        default: throw LedgerError(.corrupt, "hold \(row.integer(0)) covers \"\(row.text(1))\", which is unknown")
        }
        func act(_ column: Int32) -> Hold.Act? {
            row.optionalText(column).map { Hold.Act(actor: $0, time: row.integer(column + 1)) }
        }
        return Hold(
            id: row.integer(0),
            scope: scope,
            label: BodyLabel(row.bytes(4)),
            firstDay: row.optionalInteger(5),
            lastDay: row.optionalInteger(6),
            reason: row.text(7),
            placed: Hold.Act(actor: row.text(8), time: row.integer(9)),
            asked: act(10),
            lifted: act(12)
        )
    }
}

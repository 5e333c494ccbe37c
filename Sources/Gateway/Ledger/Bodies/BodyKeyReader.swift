import Glibc
import Synchronization

/// Which keys are meant.
public enum BodyScope: Sendable, Equatable {
    /// All.
    case everything
    /// Those of one person's conversations.
    case person(BodyLabel)
    /// Those of one conversation.
    case conversation(BodyLabel)
    /// Those of the conversations of a domain's users.
    case domain(BodyLabel)
}

/// Reads the file of keys beside a ledger.
///
/// Each call sees everything that was committed before it.
public final class BodyKeyReader: Sendable {
    private let path: String
    private let connection = Mutex<Database?>(nil)

    /// Names the file beside a ledger; it is opened when it is needed and there.
    ///
    /// - Parameter ledger: the path of the ledger's database.
    public init(beside ledger: String) { path = BodyKeySchema.path(beside: ledger) }

    /// The path of the file.
    public var place: String { path }

    /// Whether there is such a file.
    public var isThere: Bool {
        // The path is read during the call only.
        unsafe access(path, F_OK) == 0
    }

    /// One key.
    ///
    /// - Parameter id: its name.
    /// - Returns: the key, or nil when it was erased, or when there is no file.
    /// - Throws: ``LedgerError`` when the file cannot be read.
    public func key(_ id: Int64) throws(LedgerError) -> BodyKey? {
        try keys("WHERE id = ?1") { $0.bind(1, id) }.first
    }

    /// The keys of a conversation on one day that open texts; one as a rule.
    ///
    /// - Parameters:
    ///   - conversation: whose.
    ///   - day: the UTC day, counted from 1970-01-01.
    /// - Returns: the keys, in no order that means anything.
    /// - Throws: ``LedgerError`` when the file cannot be read.
    public func keys(of conversation: BodyLabel, day: Int64) throws(LedgerError) -> [BodyKey] {
        try keys("WHERE conversation = ?1 AND day = ?2 ORDER BY id") {
            $0.bind(1, conversation.bytes)
            $0.bind(2, day)
        }.filter(\.entry.opensTexts)
    }

    /// Keys without their secrets, in the order of days.
    ///
    /// To read on, call again with the last entry.
    ///
    /// - Parameters:
    ///   - scope: which conversations.
    ///   - days: the UTC days, counted from 1970-01-01.
    ///   - after: the last entry that was read.
    ///   - limit: at most so many.
    /// - Returns: the entries.
    /// - Throws: ``LedgerError`` when the file cannot be read.
    public func entries(
        _ scope: BodyScope,
        days: ClosedRange<Int64> = Int64.min...Int64.max,
        after: BodyKeyEntry? = nil,
        limit: Int = 1000
    ) throws(LedgerError) -> [BodyKeyEntry] {
        let (condition, label): (String, BodyLabel?) =
            switch scope {
            case .everything: ("", nil)
            case .person(let label): ("AND ?5 IN (first, second)", label)
            case .conversation(let label): ("AND conversation = ?5", label)
            case .domain(let label): ("AND ?5 IN (first_domain, second_domain)", label)
            }
        return try read([]) { database throws(LedgerError) in
            let statement = try database.cached(
                """
                SELECT \(BodyKeySchema.readColumns) FROM keys
                WHERE day BETWEEN ?1 AND ?2 AND (day, id) > (?3, ?4) \(condition)
                ORDER BY day, id LIMIT \(max(0, limit))
                """
            )
            statement.bind(1, days.lowerBound)
            statement.bind(2, days.upperBound)
            statement.bind(3, after?.day ?? .min)
            statement.bind(4, after?.id ?? 0)
            statement.bind(5, label?.bytes)
            defer { statement.reset() }
            var entries: [BodyKeyEntry] = []
            while try statement.step() { entries.append(BodyKeySchema.entry(statement)) }
            return entries
        }
    }

    private func keys(_ condition: String, _ bind: (Statement) -> Void) throws(LedgerError) -> [BodyKey] {
        try read([]) { database throws(LedgerError) in
            let statement = try database.cached("SELECT \(BodyKeySchema.readColumns), secret FROM keys \(condition)")
            bind(statement)
            defer { statement.reset() }
            var keys: [BodyKey] = []
            while try statement.step() {
                let secret = statement.bytes(8)
                keys.append(BodyKey(BodyKeySchema.entry(statement), secret: secret, isStored: true))
            }
            return keys
        }
    }

    private func read<Value: Sendable>(
        _ none: Value,
        _ body: (Database) throws(LedgerError) -> Value
    ) throws(LedgerError) -> Value {
        let result = connection.withLock { open -> Result<Value, LedgerError> in
            do throws(LedgerError) {
                if open == nil {
                    guard isThere else { return .success(none) }
                    let database = try Database(path: path, role: .reader)
                    guard try BodyKeySchema.prepareForReading(database) else { return .success(none) }
                    open = database
                }
                guard let database = open else { return .success(none) }
                return .success(try body(database))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

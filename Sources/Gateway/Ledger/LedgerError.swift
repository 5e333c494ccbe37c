/// Why the ledger could not do what was asked.
///
/// Two errors are equal when their codes and their colliding rows are.
public struct LedgerError: Error, Sendable {
    /// The kinds of failure; stable, documented, and safe to branch on.
    public enum Code: String, Sendable, CaseIterable {
        /// The disk or the quota is full.
        case diskFull = "disk-full"
        /// Reading, writing or syncing a file failed.
        case inputOutput = "input-output"
        /// Another process holds the database's write lock.
        case busy
        /// The database file is damaged.
        case corrupt = "damaged"
        /// The database cannot be written.
        case readOnly = "read-only"
        /// A file or directory cannot be opened or created.
        case cannotOpen = "cannot-open"
        /// Another process owns the state directory.
        case locked
        /// The database was written by a later version of the program.
        case newerSchema = "newer-schema"
        /// The file is a database of some other program.
        case notALedger = "not-a-ledger"
        /// The database does not promise that a commit survives a power failure.
        case notDurable = "not-durable"
        /// A row contradicts another one, such as an id that is used twice.
        case constraint
        /// The queue of the writer is full; nothing was taken.
        case overloaded
        /// The writer is closed.
        case closed
        /// An address pair would contradict a stored one.
        case addressCollision = "address-collision"
        /// No such address pair is stored.
        case unknownAddress = "unknown-address"
        /// No such row is in the outbox.
        case unknownCrossing = "unknown-crossing"
        /// A legal hold keeps what would be erased.
        case onHold = "on-hold"
        /// What would be erased belongs to an item that is not settled.
        case openItems = "open-items"
        /// No such hold is in force.
        case unknownHold = "unknown-hold"
        /// An act that needs two operators was asked of by one.
        case sameOperator = "same-operator"
        /// Any other failure of the database library.
        case database
    }

    /// What kind of failure it is.
    public let code: Code
    /// What is wrong, as a sentence without the final period.
    public let reason: String
    /// What to do about it, as a sentence without the final period; may be empty.
    public let remedy: String
    /// The stored pair that stands in the way, for `.addressCollision`.
    public let other: AddressPair?
    /// Which operation of the submission is at fault, counted from 0, where that is known.
    public private(set) var operation: Int?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: what kind of failure it is.
    ///   - reason: what is wrong.
    ///   - remedy: what to do about it.
    ///   - other: the stored pair that stands in the way.
    ///   - operation: which operation of the submission is at fault.
    public init(
        _ code: Code,
        _ reason: String,
        remedy: String = "",
        other: AddressPair? = nil,
        operation: Int? = nil
    ) {
        self.code = code
        self.reason = reason
        self.remedy = remedy
        self.other = other
        self.operation = operation
    }

    /// The same error with the operation at fault.
    func at(_ operation: Int) -> LedgerError {
        var error = self
        error.operation = operation
        return error
    }

    /// Whether only the submission at fault fails, while the others of its transaction can be committed.
    var concernsOneSubmission: Bool {
        switch code {
        case .constraint, .addressCollision, .unknownAddress, .unknownCrossing, .onHold, .openItems, .unknownHold,
            .sameOperator:
            true
        default: false
        }
    }
}

extension LedgerError: Equatable {
    /// Whether two errors have the same code and the same colliding row.
    ///
    /// - Parameters:
    ///   - left: one error.
    ///   - right: the other error.
    /// - Returns: true when both agree; reason and remedy are texts for people and do not count.
    public static func == (left: LedgerError, right: LedgerError) -> Bool {
        left.code == right.code && left.other == right.other
    }
}

extension LedgerError: CustomStringConvertible {
    /// The reason and the remedy on one line.
    public var description: String {
        remedy.isEmpty ? "\(reason) [\(code.rawValue)]" : "\(reason); \(remedy) [\(code.rawValue)]"
    }
}

/// The caller's normalization of one line of an address file.
public enum AddressNormalization: Sendable, Equatable {
    /// The line is good; both keys are in the form by which addresses are compared.
    case normalized(jid: String, uriKey: String)
    /// The line cannot be used; the text says why.
    case refused(String)
}

/// What an import did, or would do.
public struct AddressImport: Sendable, Equatable {
    /// Pairs that are added.
    public var added: Int
    /// Pairs that are stored already with the same two addresses; they become what the file says.
    public var known: Int
    /// Everything that is wrong, in the order of lines; when there is anything, nothing is stored.
    public var problems: [CSV.Problem]
}

/// The address store as operators use it: look up, list, add, remove, export and import.
///
/// Each call that writes blocks until its commit is durable; none may run on an event loop.
public struct AddressBook: Sendable {
    private let reader: LedgerReader
    private let writer: LedgerWriter

    /// Joins a reader and the writer of one ledger.
    ///
    /// - Parameters:
    ///   - reader: where pairs are read.
    ///   - writer: where pairs are written.
    public init(reader: LedgerReader, writer: LedgerWriter) {
        self.reader = reader
        self.writer = writer
    }

    /// Stores a pair.
    ///
    /// - Parameters:
    ///   - pair: the pair; a stored pair with the same two addresses takes its spelling, kind and rule.
    ///   - audit: the record of the act.
    /// - Throws: ``LedgerError`` with `.addressCollision` and the stored pair when one of the addresses belongs to
    ///   another pair, or the failure of the commit.
    public func add(_ pair: AddressPair, audit: AuditEntry? = nil) throws(LedgerError) {
        try perform([.addAddress(pair)], audit: audit)
    }

    /// Removes a pair.
    ///
    /// - Parameters:
    ///   - jid: the address on the XMPP shore, normalized.
    ///   - audit: the record of the act.
    /// - Throws: ``LedgerError`` with `.unknownAddress`, or the failure of the commit.
    public func remove(jid: String, audit: AuditEntry? = nil) throws(LedgerError) {
        try perform([.removeAddress(jid: jid)], audit: audit)
    }

    /// Stores all pairs of a file, or none.
    ///
    /// - Parameters:
    ///   - bytes: the file, as ``AddressFile`` describes it.
    ///   - now: the time for pairs that carry none: milliseconds since 1970-01-01T00:00:00Z.
    ///   - dryRun: whether everything is checked and nothing stored.
    ///   - audit: the record of the act.
    ///   - normalize: brings the two addresses of a line into the form by which addresses are compared.
    /// - Returns: what was stored, or everything that is wrong.
    /// - Throws: ``LedgerError`` when the store cannot be read or the commit fails.
    public func load(
        _ bytes: [UInt8],
        now: Int64,
        dryRun: Bool,
        audit: AuditEntry? = nil,
        normalize: (AddressFileEntry) -> AddressNormalization
    ) throws(LedgerError) -> AddressImport {
        let (pairs, found) = try AddressBook.examine(bytes, now: now, reader: reader, normalize: normalize)
        var result = found
        guard result.problems.isEmpty, !dryRun, !pairs.isEmpty else { return result }
        do {
            try perform(pairs.map { .addAddress($0.pair) }, audit: audit)
        } catch {
            // Traffic may have stored a pair since the check.
            guard error.code == .addressCollision, let index = error.operation, pairs.indices.contains(index) else {
                throw error
            }
            result.problems = [CSV.Problem(line: pairs[index].line, reason: error.reason)]
        }
        return result
    }

    /// Looks at every line of a file and at what is stored, and stores nothing.
    ///
    /// - Parameters:
    ///   - bytes: the file, as ``AddressFile`` describes it.
    ///   - now: the time for pairs that carry none: milliseconds since 1970-01-01T00:00:00Z.
    ///   - reader: where pairs are read.
    ///   - normalize: brings the two addresses of a line into the form by which addresses are compared.
    /// - Returns: the pairs with their lines, and what an import would do or everything that is wrong.
    /// - Throws: ``LedgerError`` when the store cannot be read.
    public static func examine(
        _ bytes: [UInt8],
        now: Int64,
        reader: LedgerReader,
        normalize: (AddressFileEntry) -> AddressNormalization
    ) throws(LedgerError) -> (pairs: [(line: Int, pair: AddressPair)], result: AddressImport) {
        let file = AddressFile.read(bytes)
        var result = AddressImport(added: 0, known: 0, problems: file.problems)
        var pairs: [(line: Int, pair: AddressPair)] = []
        for entry in file.entries {
            switch normalize(entry) {
            case .refused(let reason): result.problems.append(CSV.Problem(line: entry.line, reason: reason))
            case .normalized(let jid, let uriKey):
                pairs.append((entry.line, entry.pair(jid: jid, uriKey: uriKey, now: now)))
            }
        }
        try check(pairs, reader, result: &result)
        result.problems.sort { $0.line < $1.line }
        return (pairs, result)
    }

    /// Writes all pairs as a file.
    ///
    /// - Parameter filter: which pairs.
    /// - Returns: the file, as ``AddressFile`` describes it, in the order of JIDs.
    /// - Throws: ``LedgerError`` when the store cannot be read.
    public func export(_ filter: AddressFilter = AddressFilter()) throws(LedgerError) -> [UInt8] {
        try AddressBook.export(filter, reader: reader)
    }

    /// Writes all pairs of a store as a file.
    ///
    /// - Parameters:
    ///   - filter: which pairs.
    ///   - reader: where pairs are read.
    /// - Returns: the file, as ``AddressFile`` describes it, in the order of JIDs.
    /// - Throws: ``LedgerError`` when the store cannot be read.
    public static func export(
        _ filter: AddressFilter = AddressFilter(),
        reader: LedgerReader
    ) throws(LedgerError) -> [UInt8] {
        var bytes = AddressFile.heading()
        var last: String?
        while true {
            let page = try reader.addresses(filter, after: last, limit: 1000)
            for pair in page {
                AddressFile.append(pair, to: &bytes)
            }
            guard let end = page.last?.jid else { return bytes }
            last = end
        }
    }

    private func perform(_ operations: [LedgerOperation], audit: AuditEntry?) throws(LedgerError) {
        var operations = operations
        if let audit { operations.append(.audit(audit)) }
        _ = try writer.perform(operations)
    }

    private static func check(
        _ pairs: [(line: Int, pair: AddressPair)],
        _ reader: LedgerReader,
        result: inout AddressImport
    ) throws(LedgerError) {
        var lineOfJID: [String: Int] = [:]
        var lineOfURI: [String: Int] = [:]
        for (line, pair) in pairs {
            if let first = lineOfJID.updateValue(line, forKey: pair.jid) {
                result.problems.append(CSV.Problem(line: line, reason: "\(pair.jid) stands on line \(first) too"))
                continue
            }
            if let first = lineOfURI.updateValue(line, forKey: pair.uriKey) {
                result.problems.append(CSV.Problem(line: line, reason: "\(pair.uri) stands on line \(first) too"))
                continue
            }
            let byJID = try reader.address(jid: pair.jid)
            let byURI = try reader.address(uriKey: pair.uriKey)
            if let stored = byJID ?? byURI {
                if stored.jid == pair.jid && stored.uriKey == pair.uriKey {
                    result.known += 1
                } else {
                    result.problems.append(CSV.Problem(line: line, reason: collision(of: pair, with: stored).reason))
                }
            } else {
                result.added += 1
            }
        }
    }
}

/// Describes why a pair cannot stand next to a stored one.
func collision(of pair: AddressPair, with stored: AddressPair) -> LedgerError {
    let shared = stored.jid == pair.jid ? pair.jid : pair.uri
    return LedgerError(
        .addressCollision,
        "\(shared) belongs to the stored pair \(stored.jid) and \(stored.uri) (\(stored.kind.name))",
        remedy: "remove the stored pair first, or choose another address",
        other: stored
    )
}

import AuditTrail
import Digests

/// Fills a search database from the files of the log, in steps each of which may be the last before a crash.
///
/// What is in and how far it goes is committed together, so that a step that was lost is done again. A database that is
/// damaged, of another version, or of other files is made anew; until it has caught up, what it lacks is read from the
/// files.
public struct SearchFiller {
    /// The points at which a step may be interrupted.
    enum Point: CaseIterable {
        /// Nothing is written.
        case begin
        /// The records are in, and not how far they go.
        case records
        /// Everything is in, and nothing committed.
        case mark
    }

    /// Bytes that are read from a file at once.
    private static let readBytes: Int64 = 1 << 20

    private let folder: TrailFolder
    private let database: Database
    private var chunk = SearchChunk()
    private var forms = FormPairs()
    private var record = IndexedRecord()
    private var mark: SearchMark
    /// The lines read and not yet in, from the mark on.
    private var carried: [UInt8] = []
    private let identity: FileIdentity?
    private let path: String
    var interruption: ((Point) throws(LedgerError) -> Void)?

    /// Why the database was made; nil for one that was there.
    public let rebuilt: String?

    /// The number of the last record that is in.
    public var indexed: Int64 { mark.sequence }

    /// Opens a database, or makes one.
    ///
    /// - Parameters:
    ///   - path: the file; one that cannot be used is removed.
    ///   - folder: the folder of the log's files.
    /// - Throws: ``LedgerError`` when the file can neither be used nor made, or the log not be read.
    public init(path: String, folder: String) throws(LedgerError) {
        try self.init(path: path, folder: folder, isBulk: false)
    }

    /// Opens a database, or makes one, of which a crash may leave nothing useful where it is filled in bulk.
    init(path: String, folder: String, isBulk: Bool) throws(LedgerError) {
        let folder = TrailFolder(existing: folder)
        var reason = FileIdentity(path) == nil ? "there was none" : nil
        var opened: (Database, SearchMark, SearchChunk)?
        do throws(LedgerError) {
            opened = try SearchFiller.open(path, folder, isBulk: isBulk)
        } catch {
            guard [.corrupt, .notALedger, .constraint].contains(error.code) else { throw error }
            reason = error.reason
        }
        if opened == nil {
            SearchFiller.remove(path)
            opened = try SearchFiller.open(path, folder, isBulk: isBulk)
        }
        guard let opened else { throw LedgerError(.cannotOpen, "\(path) cannot be made") }
        (database, mark, chunk) = opened
        rebuilt = reason
        self.folder = folder
        self.path = path
        identity = FileIdentity(path)
    }

    /// Takes records in that are in the files.
    ///
    /// - Parameters:
    ///   - last: the number of the last record that may be taken.
    ///   - limit: so many records at most.
    /// - Returns: whether there are more.
    /// - Throws: ``LedgerError``; whoever wants to try again opens the filler again.
    public mutating func step(through last: Int64, limit: Int) throws(LedgerError) -> Bool {
        guard mark.sequence < last else { return false }
        guard identity == FileIdentity(path) else {
            throw LedgerError(.closed, "another search database lies at \(path)")
        }
        try interruption?(.begin)
        // What was read before may have been cut since.
        carried.removeAll(keepingCapacity: true)
        try database.execute("BEGIN IMMEDIATE")
        var taken = 0
        while taken < limit, mark.sequence < last {
            guard let end = carried.span.place(of: 0x0A, from: 0) else {
                guard try read() else { break }
                continue
            }
            taken += try take(through: last, limit: limit - taken, end)
        }
        try chunk.store(database)
        try interruption?(.records)
        try mark.store(database)
        try interruption?(.mark)
        try database.execute("COMMIT")
        if database.pagesInLog > 1_000 { try database.checkpoint() }
        return taken > 0 && mark.sequence < last
    }

    /// Makes the file one that needs nothing beside it, also where nothing can be written.
    func finish() throws(LedgerError) {
        try database.execute("PRAGMA journal_mode = DELETE")
    }

    /// Takes in whole lines that were read.
    private mutating func take(through last: Int64, limit: Int, _ firstEnd: Int) throws(LedgerError) -> Int {
        var taken = 0
        var (start, lineStart) = (0, 0)
        var end: Int? = firstEnd
        while let found = end, taken < limit, mark.sequence < last {
            try take(carried[start..<found])
            taken += 1
            (lineStart, start) = (start, found + 1)
            end = carried.span.place(of: 0x0A, from: start)
        }
        mark.leaf = TreeEdge.leaf(carried[lineStart..<start - 1])
        carried.removeFirst(start)
        return taken
    }

    private mutating func take(_ line: ArraySlice<UInt8>) throws(LedgerError) {
        guard let sequence = SegmentFile.sequence(of: line), mark.sequence == 0 || sequence == mark.sequence + 1 else {
            throw LedgerError(
                .inputOutput,
                "\(folder.path(mark.segment.name(.records))) has no record \(mark.sequence + 1) at byte \(mark.bytes)",
                remedy: "isthmus audit verify tells what is wrong"
            )
        }
        let count = Int64(line.count)
        record.read(line.span)
        chunk.append(
            RecordPlace(
                sequence: sequence,
                segment: mark.segment,
                offset: mark.bytes,
                length: count,
                time: record.time
            ),
            record.terms
        )
        if let sender = record.sender { try forms.note(sender, of: line.span, in: database) }
        if let recipient = record.recipient { try forms.note(recipient, of: line.span, in: database) }
        mark.sequence = sequence
        mark.bytes += count + 1
        mark.length = count
        if chunk.isComplete { try chunk.seal(database) }
    }

    /// Reads on in the open segment, or begins the next one; false where the log ends.
    private mutating func read() throws(LedgerError) -> Bool {
        do throws(TrailFault) {
            if mark.sequence == 0, carried.isEmpty {
                guard let first = try folder.segments().first else { return false }
                mark.segment = first
            }
            let offset = mark.bytes + Int64(carried.count)
            let count = carried.count
            try folder.read(
                mark.segment.name(.records),
                from: offset,
                count: SearchFiller.readBytes,
                into: &carried
            )
            if carried.count > count { return true }
            let next = SegmentFile(first: mark.sequence + 1)
            guard carried.isEmpty, next != mark.segment, try folder.length(next.name(.records)) != nil else {
                return false
            }
            mark.segment = next
            mark.bytes = 0
            return true
        } catch {
            throw LedgerError(error)
        }
    }

    private static func open(
        _ path: String,
        _ folder: TrailFolder,
        isBulk: Bool
    ) throws(LedgerError) -> (Database, SearchMark, SearchChunk) {
        // Made here, so that its owner alone reads it whatever the process's umask is.
        if FileIdentity(path) == nil { try FileSteps.createPrivate(path) }
        let database = try Database(path: path, role: .writer)
        try SearchSchema.prepareForFilling(database, isBulk: isBulk)
        let mark = try SearchMark.read(database)
        let isOfLog: Bool
        do throws(TrailFault) { isOfLog = try mark.holds(in: folder) } catch { throw LedgerError(error) }
        guard isOfLog else {
            throw LedgerError(.constraint, "\(folder.path) does not hold record \(mark.sequence) where \(path) says")
        }
        var chunk = SearchChunk()
        try chunk.load(database)
        let end = chunk.places.last?.sequence ?? mark.sequence
        let isWhole = SearchChunk.position(of: mark.sequence + 1) == 0
        guard end == mark.sequence, mark.sequence == 0 || isWhole == chunk.places.isEmpty else {
            throw LedgerError(.corrupt, "\(path) contradicts itself")
        }
        return (database, mark, chunk)
    }

    /// Removes a database with what lies beside it.
    static func remove(_ path: String) {
        for end in ["", "-wal", "-shm", "-journal"] { FileSteps.remove(path + end) }
    }
}

extension LedgerError {
    /// A fault of the files of the log in the words of the store.
    init(_ fault: TrailFault) {
        self.init(.inputOutput, fault.reason, remedy: fault.remedy)
    }
}

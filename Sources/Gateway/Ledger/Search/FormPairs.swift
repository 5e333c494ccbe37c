/// Which addresses were translated into each other, as a filler notes them.
struct FormPairs {
    /// So many pairs are remembered as stored; then the memory begins anew, and storing one again changes nothing.
    private static let remembered = 1 << 20
    private var seen: Set<UInt64> = []

    /// Stores an address of a record with what it was translated into, both bare and both ways, unless that was done.
    mutating func note(
        _ pair: IndexedRecord.Translation,
        of record: Span<UInt8>,
        in database: Database
    ) throws(LedgerError) {
        if seen.count >= FormPairs.remembered { seen.removeAll(keepingCapacity: true) }
        guard seen.insert(pair.beforeHash &* 0x9E37_79B9_7F4A_7C15 ^ pair.afterHash).inserted else { return }
        let (before, after) = (pair.before(in: record), pair.after(in: record))
        guard before != after else { return }
        try store(before, after, database)
        try store(after, before, database)
    }

    private func store(_ form: [UInt8], _ other: [UInt8], _ database: Database) throws(LedgerError) {
        let statement = try database.cached("INSERT OR IGNORE INTO forms(form, other) VALUES(?1, ?2)")
        statement.bind(1, String(decoding: form, as: UTF8.self))
        statement.bind(2, String(decoding: other, as: UTF8.self))
        try statement.run()
    }
}

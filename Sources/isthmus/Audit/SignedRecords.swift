import AuditTrail
import GatewayDaemon
import Ledger
import OperatorFiles

/// The records of a log's files that a filter names, in order.
///
/// The search database says where they lie; without one all files are read.
struct SignedRecords {
    /// Records looked for at once.
    private static let page = 4096

    private let files: TrailFiles
    private let reader: RecordReader
    private let filter: AuditFilter

    /// The addresses under which the log knows the person that is asked for, for the manifest; none without a person.
    var forms: [AuditField] {
        filter.person.isEmpty ? [] : [AuditField("person-addresses", filter.person.joined(separator: " "))]
    }

    /// Names records of a gateway's files.
    init(_ configuration: GatewayConfiguration, _ filters: RecordFilters) throws(Stop) {
        files = TrailFiles(configuration.auditFolder)
        reader = RecordReader(configuration, ledger: nil)
        filter = try filters.filter(reader)
    }

    /// Goes through them.
    ///
    /// - Parameter body: gets number and bytes of each.
    /// - Throws: ``LedgerError`` or ``TrailFault`` when a file cannot be read, and what the body throws.
    func walk(_ body: (Int64, ArraySlice<UInt8>) throws -> Void) throws {
        var next: Int64 = 1
        while reader.searchFault == nil {
            let rows = try reader.records(in: next...Int64.max, matching: filter, limit: Self.page)
            for row in rows { try body(row.sequence, row.record[...]) }
            guard rows.count == Self.page, let last = rows.last else { return reader.noteFault() }
            next = last.sequence + 1
        }
        reader.noteFault()
        try files.walk(matching: filter) { sequence, record in
            if sequence >= next { try body(sequence, record) }
            return true
        }
    }
}

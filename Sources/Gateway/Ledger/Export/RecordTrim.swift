/// Lets records leave the store that files and search database have, in pieces that hold up no commit.
struct RecordTrim {
    /// Records of a piece, which is committed with whatever else waits.
    private static let piece: Int64 = 256
    /// How long a step takes about.
    private static let time = Duration.milliseconds(100)

    private let writer: LedgerWriter
    private let kept: Int64
    /// The first record in the store, once it is known.
    private var first: Int64?

    /// Trims a store.
    ///
    /// - Parameters:
    ///   - writer: the store.
    ///   - kept: the latest records that stay, at least one.
    init(writer: LedgerWriter, kept: Int64) {
        self.writer = writer
        self.kept = max(1, kept)
    }

    /// Takes records out of the store.
    ///
    /// What fails is tried again at the next step: nothing is lost by records that stay.
    ///
    /// - Parameters:
    ///   - last: the last record that files and search database have.
    ///   - exporter: knows which record of the store is the first.
    /// - Returns: how many records have left, and whether more may.
    mutating func step(through last: Int64, _ exporter: TrailExporter) -> (count: Int64, hasMore: Bool) {
        let end = last - kept
        guard end >= first ?? 1 else { return (0, false) }
        let clock = ContinuousClock()
        let start = clock.now
        var count: Int64 = 0
        do throws(LedgerError) {
            if first == nil { first = try exporter.firstStored() }
            guard var next = first else { return (0, false) }
            while next <= end, clock.now - start < RecordTrim.time {
                let through = min(next + RecordTrim.piece - 1, end)
                try writer.perform([.forgetAudit(through: through)])
                count += through - next + 1
                next = through + 1
                first = next
            }
            return (count, next <= end)
        } catch {
            first = nil
            return (count, false)
        }
    }
}

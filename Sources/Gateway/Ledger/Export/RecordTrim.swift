/// Lets records leave the store that files and search database have, in pieces that hold up no commit.
struct RecordTrim {
    /// Records of a piece at most, unless a row has more, which is committed with whatever else waits.
    private static let piece: Int64 = 256
    /// How long a step takes about.
    private static let time = Duration.milliseconds(100)

    private let writer: LedgerWriter
    private let kept: Int64
    /// The first record that the store may have.
    private var first: Int64 = 1

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
        guard last - kept >= first else { return (0, false) }
        let clock = ContinuousClock()
        let start = clock.now
        var count: Int64 = 0
        do throws(LedgerError) {
            while let range = try exporter.removable(through: last - kept, piece: RecordTrim.piece) {
                first = range.lowerBound
                guard clock.now - start < RecordTrim.time else { return (count, true) }
                try writer.perform([.forgetAudit(through: range.upperBound)])
                first = range.upperBound + 1
                count += range.upperBound - range.lowerBound + 1
            }
            return (count, false)
        } catch {
            return (count, false)
        }
    }
}

/// Fills the search database on the thread that writes the files, and makes it anew when it cannot be used.
struct SearchService {
    /// So many records are taken in at a time, between two looks at what was committed.
    private static let step = 4_096

    private let path: String
    private let folder: String
    private let report: @Sendable (TrailService.Event) -> Void
    private var filler: SearchFiller?
    private var hasFailed = false

    /// The number of the last record that is in.
    private(set) var indexed: Int64 = 0
    /// Why the last step failed; nil when it did not.
    private(set) var fault: String?

    /// Fills a database.
    ///
    /// - Parameters:
    ///   - path: the database.
    ///   - folder: the folder of the log's files.
    ///   - report: told when the database is made anew, cannot be filled, and is filled again.
    init(path: String, folder: String, report: @escaping @Sendable (TrailService.Event) -> Void) {
        self.path = path
        self.folder = folder
        self.report = report
    }

    /// Takes in what is in the files.
    ///
    /// - Parameter last: the last record that is in the files for certain.
    /// - Returns: whether there is more.
    mutating func fill(through last: Int64) -> Bool {
        do throws(LedgerError) {
            if filler == nil { filler = try opened(through: last) }
            // A filler whose step failed is not used again.
            guard var current = filler.take() else { return false }
            let hasMore = try current.step(through: last, limit: SearchService.step)
            filler = current
            indexed = current.indexed
            fault = nil
            if hasFailed { report(.searchWorks) }
            hasFailed = false
            return hasMore
        } catch {
            indexed = 0
            // Another one lies there, as after a reindexing; it is opened at the next step.
            guard error.code != .closed else { return false }
            // Found damaged only while it was written: opening it would not tell.
            if error.code == .corrupt { SearchFiller.remove(path) }
            fault = error.description
            if !hasFailed { report(.searchFailed(error.description)) }
            hasFailed = true
            return false
        }
    }

    private func opened(through last: Int64) throws(LedgerError) -> SearchFiller {
        let filler = try SearchFiller(path: path, folder: folder)
        if let reason = filler.rebuilt, last > 0 { report(.searchRebuilt(reason)) }
        return filler
    }
}

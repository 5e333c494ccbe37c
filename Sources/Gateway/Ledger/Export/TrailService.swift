import AuditTrail
import Dispatch
import Synchronization

/// What the service has done.
public struct TrailStatistics: Sendable, Equatable {
    /// The sequence number of the last record in the files.
    public var exported: Int64 = 0
    /// Committed records that are not in the files, at the last look.
    public var lag: Int64 = 0
    /// Steps that failed.
    public var failures = 0
    /// Checkpoints that could not be handed to a place outside.
    public var sinkFailures = 0
    /// Why the last step failed; nil when it did not.
    public var fault: String?
    /// The sequence number of the last record in the search database.
    public var indexed: Int64 = 0
    /// Why the search database could not be filled at the last step; nil when it could.
    public var searchFault: String?
    /// Records that have left the store since the start.
    public var trimmed: Int64 = 0

    /// Creates empty statistics.
    public init() {}
}

/// Writes the files of the log on a thread of its own, at least each second.
public final class TrailService: Sendable {
    /// How the service works.
    public struct Settings: Sendable {
        /// The folder of the log.
        public var path: String
        /// How long nothing is written after a step, in milliseconds (1000).
        public var interval = 1000
        /// So many committed records may be missing in the files (100000).
        public var largestLag: Int64 = 100_000
        /// The search database; nil for none, and then no record leaves the store.
        public var search: String?
        /// The latest records that stay in the store, at least one, whose successor must be known at a start (1000).
        public var kept: Int64 = 1_000

        /// The default settings of a folder.
        ///
        /// - Parameter path: the folder of the log.
        public init(path: String) {
            self.path = path
        }
    }

    /// What its owner should know of, each once when it begins and once when it ends.
    public enum Event: Sendable, Equatable {
        /// A step failed; it is tried again.
        case failed(String)
        /// Steps succeed again.
        case works
        /// A place outside did not take a checkpoint.
        case sinkFailed(String)
        /// All places outside take checkpoints again.
        case sinksWork
        /// More records are missing in the files than may be.
        case behind(Int64)
        /// The files have caught up.
        case caughtUp
        /// The search database is made anew, for this reason.
        case searchRebuilt(String)
        /// The search database cannot be filled; it is tried again.
        case searchFailed(String)
        /// It is filled again.
        case searchWorks
    }

    private struct State {
        var statistics = TrailStatistics()
        var isClosing = false
        var isOpen: Result<Void, any Error>?
    }

    private final class Core: Sendable {
        let state = Mutex(State())
        let wakes = DispatchSemaphore(value: 0)
        let opened = DispatchSemaphore(value: 0)
    }

    private let core: Core
    private let thread: DedicatedThread

    /// How far its thread stands back.
    ///
    /// It works for a tenth of a second at a stretch, and messages shall not wait for that. Against one thread that never
    /// rests it still has a quarter of a processor, more than twice what it needs at full load.
    private static let niceness: Int32 = 5

    /// Opens the log and begins to write.
    ///
    /// - Parameters:
    ///   - settings: how it works.
    ///   - writer: takes the marks, and is told whether the files are behind.
    ///   - open: opens the exporter; called on the service's thread, again after each failure.
    ///   - report: told what the owner should know, on the service's thread.
    /// - Throws: what the first opening threw.
    public init(
        settings: Settings,
        writer: LedgerWriter,
        open: @escaping @Sendable () throws -> TrailExporter,
        report: @escaping @Sendable (Event) -> Void
    ) throws {
        let core = Core()
        self.core = core
        thread = try DedicatedThread("audit-trail", niceness: Self.niceness) {
            var loop = Loop(core: core, settings: settings, writer: writer, open: open, report: report)
            loop.run()
        }
        core.opened.wait()
        do {
            try core.state.withLock { $0.isOpen ?? .success(()) }.get()
        } catch {
            thread.join()
            throw error
        }
    }

    deinit {
        close()
    }

    /// What the service has done so far.
    ///
    /// - Returns: a snapshot.
    public func statistics() -> TrailStatistics {
        core.state.withLock { $0.statistics }
    }

    /// Has the files written at once, without waiting for the interval.
    public func wake() {
        core.wakes.signal()
    }

    /// Writes what was committed and ends; the writer is still open.
    ///
    /// Blocks until done; not to be called on an event loop.
    public func close() {
        let begins = core.state.withLock { state in
            defer { state.isClosing = true }
            return !state.isClosing
        }
        guard begins else { return }
        core.wakes.signal()
        thread.join()
    }

    /// The thread's own part.
    private struct Loop {
        let core: Core
        let settings: Settings
        let writer: LedgerWriter
        let open: @Sendable () throws -> TrailExporter
        let report: @Sendable (Event) -> Void
        var exporter: TrailExporter?
        var index: SearchService?
        var trim: RecordTrim
        var failed = false
        var sinkFailed = false
        var isBehind = false

        init(
            core: Core,
            settings: Settings,
            writer: LedgerWriter,
            open: @escaping @Sendable () throws -> TrailExporter,
            report: @escaping @Sendable (Event) -> Void
        ) {
            self.core = core
            self.settings = settings
            self.writer = writer
            self.open = open
            self.report = report
            index = settings.search.map { SearchService(path: $0, folder: settings.path, report: report) }
            trim = RecordTrim(writer: writer, kept: settings.kept)
        }

        mutating func run() {
            do {
                exporter = try open()
            } catch {
                core.state.withLock { $0.isOpen = .failure(error) }
                core.opened.signal()
                return
            }
            core.state.withLock { $0.isOpen = .success(()) }
            core.opened.signal()
            while true {
                // Asked before the step, so that what was committed before the service was closed is written.
                let isClosing = core.state.withLock { $0.isClosing }
                work()
                let hasMore = follow()
                if isClosing {
                    exporter?.finish()
                    return
                }
                if !hasMore { _ = core.wakes.wait(timeout: .now() + .milliseconds(settings.interval)) }
            }
        }

        /// Has what is in the files found, and lets it leave the store; a piece, so that the files do not wait long.
        ///
        /// - Returns: whether there is more to do.
        private mutating func follow() -> Bool {
            guard let exporter, index != nil else { return false }
            let exported = exporter.mark.edge.size
            let hasMore = index?.fill(through: exported) ?? false
            let (indexed, fault) = (index?.indexed ?? 0, index?.fault)
            let isTrimmable = fault == nil && !hasMore
            let trimmed =
                isTrimmable ? trim.step(through: min(indexed, exported), exporter) : (count: 0, hasMore: false)
            core.state.withLock { state in
                state.statistics.indexed = indexed
                state.statistics.searchFault = fault
                state.statistics.trimmed += trimmed.count
            }
            return hasMore || trimmed.hasMore
        }

        private mutating func work() {
            do {
                var current = try exporter ?? open()
                var hasMore = true
                while hasMore {
                    exporter = nil
                    let progress = try current.step()
                    exporter = current
                    hasMore = progress.hasMore
                    note(progress)
                    if hasMore { look() }
                }
                if failed { report(.works) }
                failed = false
                core.state.withLock { $0.statistics.fault = nil }
            } catch {
                let text = "\(error)"
                core.state.withLock { state in
                    state.statistics.failures += 1
                    state.statistics.fault = text
                }
                if !failed { report(.failed(text)) }
                failed = true
            }
            look()
        }

        private mutating func note(_ progress: TrailExporter.Progress) {
            let exported = exporter?.mark.edge.size ?? 0
            core.state.withLock { state in
                state.statistics.exported = exported
                if progress.appended > 0 { state.statistics.sinkFailures += progress.sinkFaults.count }
            }
            if let fault = progress.sinkFaults.first {
                if !sinkFailed { report(.sinkFailed(fault)) }
                sinkFailed = true
            } else if sinkFailed, progress.appended > 0 {
                report(.sinksWork)
                sinkFailed = false
            }
        }

        /// Compares the files with the store.
        private mutating func look() {
            let last = writer.lastSequence
            let lag = core.state.withLock { state in
                state.statistics.lag = max(0, last - state.statistics.exported)
                return state.statistics.lag
            }
            guard isBehind != (lag > settings.largestLag) else { return }
            isBehind.toggle()
            writer.isBehind = isBehind
            report(isBehind ? .behind(lag) : .caughtUp)
        }
    }
}

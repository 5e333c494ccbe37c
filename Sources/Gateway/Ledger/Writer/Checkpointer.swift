import Dispatch
import Synchronization

/// Moves pages from the log into the database file on a thread and connection of its own, so that commits go on
/// meanwhile.
final class Checkpointer: Sendable {
    private struct State {
        var isClosing = false
        var isAwake = false
        var done = 0
        var failed = 0
    }

    private final class Core: Sendable {
        let state = Mutex(State())
        let signal = DispatchSemaphore(value: 0)
    }

    private let core: Core
    private let thread: DedicatedThread

    /// Opens a connection to a database that the writer has opened before.
    init(path: String, vfs: String?) throws(LedgerError) {
        let core = Core()
        self.core = core
        thread = try DedicatedThread("checkpoints") {
            Checkpointer.loop(core, path: path, vfs: vfs)
        }
    }

    /// Checkpoints done and failed.
    var counts: (done: Int, failed: Int) {
        core.state.withLock { ($0.done, $0.failed) }
    }

    /// Asks for a checkpoint; does nothing when one is asked for or under way.
    func wake() {
        let wakes = core.state.withLock { state in
            defer { state.isAwake = true }
            return !state.isAwake
        }
        if wakes { core.signal.signal() }
    }

    /// Ends the thread and waits for its end.
    func close() {
        core.state.withLock { $0.isClosing = true }
        core.signal.signal()
        thread.join()
    }

    private static func loop(_ core: Core, path: String, vfs: String?) {
        var connection: Database?
        while true {
            core.signal.wait()
            if core.state.withLock({ $0.isClosing }) { return }
            do throws(LedgerError) {
                if connection == nil { connection = try open(path: path, vfs: vfs) }
                try connection?.checkpoint()
                core.state.withLock { $0.done += 1 }
            } catch {
                // Busy means that the writer checkpoints by itself; anything else shows again at the next attempt.
                if error.code != .busy { core.state.withLock { $0.failed += 1 } }
            }
            core.state.withLock { $0.isAwake = false }
        }
    }

    private static func open(path: String, vfs: String?) throws(LedgerError) -> Database {
        let database = try Database(path: path, role: .checkpointer, vfs: vfs)
        try database.execute("PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;")
        return database
    }
}

import Glibc

/// The directory that holds everything a gateway must not lose, and the right to use it.
///
/// One process at a time owns a state directory: the daemon, or a command that changes the store while no daemon runs.
/// Ownership ends with the value or the process, whichever comes first; nothing stale can be left behind.
public final class StateDirectory: Sendable {
    /// The directory.
    public let path: String

    private let descriptor: Int32

    /// The path of the database inside a state directory.
    ///
    /// - Parameter directory: the state directory.
    /// - Returns: the path of the file.
    public static func databasePath(in directory: String) -> String {
        directory + "/isthmus.db"
    }

    /// The path of the lock file inside a state directory.
    ///
    /// - Parameter directory: the state directory.
    /// - Returns: the path of the file.
    public static func lockPath(in directory: String) -> String {
        directory + "/isthmus.lock"
    }

    /// The path of the database.
    public var databasePath: String {
        StateDirectory.databasePath(in: path)
    }

    /// Takes ownership of a directory; creates it, readable by its owner alone, when it does not exist.
    ///
    /// - Parameter path: the directory; its parent exists.
    /// - Throws: ``LedgerError`` with `.locked` when another process owns it, `.cannotOpen` when it cannot be used.
    public init(path: String) throws(LedgerError) {
        self.path = path
        try StateDirectory.create(path)
        descriptor = try StateDirectory.lock(StateDirectory.lockPath(in: path))
        do {
            // Created here, so that the database and the files beside it are private whatever the process's umask is.
            try StateDirectory.createPrivateFile(StateDirectory.databasePath(in: path))
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        // Closing the descriptor gives up the lock.
        close(descriptor)
    }

    /// The process that owns a directory.
    ///
    /// - Parameter path: the directory.
    /// - Returns: its process id, or nil when no process owns the directory.
    public static func owner(of path: String) -> Int32? {
        // The path is read during the call only.
        let descriptor = unsafe open(lockPath(in: path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        return readOwner(descriptor) ?? 0
    }

    private static func create(_ path: String) throws(LedgerError) {
        // The path is read during the call only.
        if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        throw failure(.cannotOpen, "creating the state directory \(path)")
    }

    private static func lock(_ path: String) throws(LedgerError) -> Int32 {
        // The path is read during the call only.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(.cannotOpen, "opening \(path)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = readOwner(descriptor)
            let reason = errno == EWOULDBLOCK
            close(descriptor)
            guard reason else { throw failure(.cannotOpen, "locking \(path)") }
            throw LedgerError(
                .locked,
                "another process owns the state directory: \(path) is locked by \(owner.map { "process \($0)" } ?? "it")",
                remedy: "stop that process, or let it do the work"
            )
        }
        let text = Array("\(getpid())\n".utf8)
        // The descriptor is open for writing and the bytes live during the call.
        let written = unsafe ftruncate(descriptor, 0) == 0 && pwrite(descriptor, text, text.count, 0) == text.count
        guard written else {
            defer { close(descriptor) }
            throw failure(.cannotOpen, "writing \(path)")
        }
        return descriptor
    }

    private static func readOwner(_ descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 32)
        // At most as many bytes are read as the buffer holds.
        let count = unsafe pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
    }

    private static func createPrivateFile(_ path: String) throws(LedgerError) {
        // The path is read during the call only.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(.cannotOpen, "opening \(path)") }
        close(descriptor)
    }

    private static func failure(_ code: LedgerError.Code, _ doing: String) -> LedgerError {
        let number = errno
        // The text belongs to the library and is copied at once.
        let detail = unsafe String(cString: strerror(number))
        return LedgerError(
            code,
            "\(doing) failed: \(detail)",
            remedy: "check that the directory and its parent exist and belong to the gateway's user"
        )
    }
}

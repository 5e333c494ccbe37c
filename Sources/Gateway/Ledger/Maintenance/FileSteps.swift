import Glibc

/// Steps on files that a power failure leaves done or not done.
enum FileSteps {
    /// Makes an empty file that only its owner reads.
    static func createPrivate(_ path: String) throws(LedgerError) {
        // The path is read during the call only.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("creating \(path)") }
        close(descriptor)
    }

    /// Writes what the system holds of a file or a directory to the disk.
    static func sync(_ path: String) throws(LedgerError) {
        // The path is read during the call only.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opening \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("syncing \(path)") }
    }

    /// Gives a file another name, in one step, and makes that durable.
    static func move(_ path: String, to other: String) throws(LedgerError) {
        // The paths are read during the call only.
        guard unsafe rename(path, other) == 0 else { throw failure("renaming \(path) to \(other)") }
        try sync(directory(of: other))
    }

    /// Gives a file another name if there is such a file.
    static func moveIfThere(_ path: String, to other: String) throws(LedgerError) {
        // The paths are read during the call only.
        guard unsafe rename(path, other) == 0 || errno == ENOENT else { throw failure("renaming \(path) to \(other)") }
    }

    /// Gives a file a second name.
    static func link(_ path: String, to other: String) throws(LedgerError) {
        // The paths are read during the call only.
        guard unsafe Glibc.link(path, other) == 0 else { throw failure("linking \(path) to \(other)") }
    }

    /// Removes a file if there is one.
    static func remove(_ path: String) {
        // The path is read during the call only.
        _ = unsafe unlink(path)
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func failure(_ doing: String) -> LedgerError {
        let number = errno
        // The text belongs to the library and is copied at once.
        let detail = unsafe String(cString: strerror(number))
        return LedgerError(
            number == ENOSPC ? .diskFull : .cannotOpen,
            "\(doing) failed: \(detail)",
            remedy: "check that the directory exists, has room and can be written"
        )
    }
}

import Glibc

/// Which file lies at a path: two with the same identity are one.
struct FileIdentity: Equatable {
    private let device: UInt
    private let number: UInt
    /// Its length when it was looked at, in bytes; no part of its identity.
    let length: Int64

    /// Looks at a path; nil when there is no file.
    init?(_ path: String) {
        var status = stat()
        // The path is read, and the structure filled, during the call only.
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        number = UInt(status.st_ino)
        length = Int64(status.st_size)
    }

    static func == (left: FileIdentity, right: FileIdentity) -> Bool {
        left.device == right.device && left.number == right.number
    }
}

import AuditTrail
import Glibc

/// What went wrong with the files of the log.
public struct TrailFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of faults.
    public enum Code: Sendable, Equatable {
        /// A file cannot be read or written.
        case inaccessible
        /// The files hold less than what was noted as exported.
        case shorter
        /// The files hold records that the store does not hold.
        case longer
        /// A record in the files is not the one in the store.
        case different
        /// The key is not the one of the log, and the one before has not vouched for it.
        case otherKey
    }

    /// The kind.
    public var code: Code
    /// What is wrong and where.
    public var reason: String
    /// What to do.
    public var remedy: String

    init(_ code: Code, _ reason: String, remedy: String) {
        self.code = code
        self.reason = reason
        self.remedy = remedy
    }

    /// Reason and remedy.
    public var description: String { "\(reason); \(remedy)" }
}

/// The folder of the log's files.
struct TrailFolder: Sendable {
    let path: String

    /// Makes the folder, readable by its owner alone, when it is missing.
    init(_ path: String) throws(TrailFault) {
        self.path = path
        // The path is read during the call only.
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw TrailFolder.fault("making", path) }
    }

    /// Names a folder that exists.
    init(existing path: String) {
        self.path = path
    }

    func path(_ name: String) -> String { path + "/" + name }

    /// The names of the files in the folder.
    func names() throws(TrailFault) -> [String] {
        // The stream is closed below, and each name is copied before the next is read.
        guard let stream = unsafe opendir(path) else { throw TrailFolder.fault("reading", path) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            names.append(name)
        }
        return names
    }

    /// The segments in order.
    func segments() throws(TrailFault) -> [SegmentFile] {
        try names().compactMap { SegmentFile(recordsName: $0) }.sorted()
    }

    /// A file's bytes from a place on; empty when there is no such file.
    func read(_ name: String, from offset: Int64 = 0, count: Int64 = .max) throws(TrailFault) -> [UInt8] {
        var bytes: [UInt8] = []
        try read(name, from: offset, count: count, into: &bytes)
        return bytes
    }

    /// Appends a file's bytes from a place on; none when there is no such file.
    func read(_ name: String, from offset: Int64, count: Int64, into bytes: inout [UInt8]) throws(TrailFault) {
        let file = path(name)
        // The path is read during the call only.
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw TrailFolder.fault("reading", file)
        }
        defer { close(descriptor) }
        var part = [UInt8](repeating: 0, count: 1 << 16)
        var done: Int64 = 0
        while done < count {
            let wanted = Int(min(Int64(part.count), count - done))
            // At most as many bytes are written as the buffer holds.
            let got = unsafe pread(descriptor, &part, wanted, off_t(offset + done))
            guard got >= 0 else { throw TrailFolder.fault("reading", file) }
            if got == 0 { return }
            bytes += part[..<got]
            done += Int64(got)
        }
    }

    /// The length of a file; nil when there is none.
    func length(_ name: String) throws(TrailFault) -> Int64? {
        var status = stat()
        // The path is read, and the structure filled, during the call only.
        guard unsafe stat(path(name), &status) == 0 else {
            if errno == ENOENT { return nil }
            throw TrailFolder.fault("reading", path(name))
        }
        return Int64(status.st_size)
    }

    /// Appends bytes durably; the file is made, readable by its owner alone, when it is missing.
    func append(_ bytes: [UInt8], to name: String) throws(TrailFault) {
        try TrailFolder.append(bytes, to: path(name), isSynced: true)
        if Int64(bytes.count) == (try length(name)) { try syncFolder() }
    }

    /// Cuts a file to a length, durably.
    func cut(_ name: String, to length: Int64) throws(TrailFault) {
        let file = path(name)
        // The path is read during the call only.
        let descriptor = unsafe open(file, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TrailFolder.fault("cutting", file) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(length)) == 0, fsync(descriptor) == 0 else {
            throw TrailFolder.fault("cutting", file)
        }
    }

    private func syncFolder() throws(TrailFault) {
        // The path is read during the call only.
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TrailFolder.fault("opening", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw TrailFolder.fault("syncing", path) }
    }

    static func append(_ bytes: [UInt8], to file: String, isSynced: Bool) throws(TrailFault) {
        // The path is read during the call only.
        let descriptor = unsafe open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TrailFolder.fault("opening", file) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            // The buffer lives as long as the call.
            let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw TrailFolder.fault("writing", file) }
            rest = rest.dropFirst(written)
        }
        guard !isSynced || fsync(descriptor) == 0 else { throw TrailFolder.fault("syncing", file) }
    }

    static func fault(_ doing: String, _ path: String) -> TrailFault {
        let number = errno
        // The text belongs to the library and is copied at once.
        let detail = unsafe String(cString: strerror(number))
        return TrailFault(
            .inaccessible,
            "\(doing) \(path) failed: \(detail)",
            remedy: "check that it belongs to the gateway's user and that the disk has room"
        )
    }
}

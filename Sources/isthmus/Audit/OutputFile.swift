import Digests
import Glibc
import Ledger

/// A file of an export, written piece by piece, with the digest of what was written.
final class OutputFile {
    private let name: String
    private let path: String
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var count: Int64 = 0
    private var hash: SHA256? = SHA256()

    /// Makes the file; one that exists is not touched.
    init(folder: String, name: String) throws(Stop) {
        self.name = name
        path = folder + "/" + name
        // The path is read during the call only.
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OutputFile.fault(path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Adds bytes.
    func append(_ bytes: [UInt8]) throws(Stop) {
        pending += bytes
        if pending.count >= 1 << 20 { try flush() }
    }

    /// Ends the file.
    func finish() throws(Stop) -> ExportManifest.File {
        try flush()
        guard fsync(descriptor) == 0 else { throw OutputFile.fault(path) }
        let digest = hash.take()?.finalize() ?? SHA256.hash([UInt8]())
        return ExportManifest.File(name: name, bytes: count, digest: digest)
    }

    /// Writes a whole file.
    static func write(_ bytes: [UInt8], folder: String, name: String) throws(Stop) -> ExportManifest.File {
        let file = try OutputFile(folder: folder, name: name)
        try file.append(bytes)
        return try file.finish()
    }

    private func flush() throws(Stop) {
        hash?.update(pending)
        count += Int64(pending.count)
        var rest = pending[...]
        while !rest.isEmpty {
            // The buffer lives as long as the call.
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw OutputFile.fault(path) }
            rest = rest.dropFirst(written)
        }
        pending.removeAll(keepingCapacity: true)
    }

    private static func fault(_ path: String) -> Stop {
        // The text is copied at once.
        .unreachable("\(path) cannot be written: \(unsafe String(cString: strerror(errno)))")
    }
}

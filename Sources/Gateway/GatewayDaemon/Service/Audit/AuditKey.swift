public import AuditTrail
import Digests
import Glibc
import Ledger
import MappingTables
public import OperatorFiles

/// The key that signs the checkpoints of a gateway's log.
public struct AuditKey: Sendable {
    /// The key.
    public let signer: NoteSigner
    /// The key before it, where a file of the same name with `.previous` behind holds one.
    public let previous: NoteSigner?
    /// Whether it was made by this call.
    public let isFresh: Bool

    /// The largest file of a key, in bytes.
    static let largest = 4_096

    /// The name under which a gateway's log is signed.
    ///
    /// - Parameter configuration: whose log it is.
    /// - Returns: the origin of its checkpoints.
    public static func origin(_ configuration: GatewayConfiguration) -> String {
        configuration.name + "/audit"
    }

    /// Reads the key, and makes one when there is no file of the name.
    ///
    /// - Parameters:
    ///   - configuration: whose key it is.
    ///   - makes: whether a key is made when there is none.
    /// - Returns: the key; nil when there is none and none is to be made.
    /// - Throws: ``StartFault`` when the file cannot be used, or there is none and the log is signed already.
    public static func load(_ configuration: GatewayConfiguration, makes: Bool) throws(StartFault) -> AuditKey? {
        let path = configuration.auditKey
        let name = origin(configuration)
        var previous: NoteSigner?
        if let pem = try read(path + ".previous") { previous = try signer(pem, name, path + ".previous") }
        if let pem = try read(path) {
            return AuditKey(signer: try signer(pem, name, path), previous: previous, isFresh: false)
        }
        guard makes else { return nil }
        try refuseSignedLog(configuration, previous)
        let key = SigningKey()
        try write(key.pem, to: path)
        return AuditKey(signer: try signer(key.pem, name, path), previous: previous, isFresh: true)
    }

    /// Puts another key in the place of the one at hand, which stays beside it to vouch for the new one.
    ///
    /// - Parameter configuration: whose key it is.
    /// - Returns: the new key.
    /// - Throws: ``StartFault`` when there is no key, or one that has not been replaced in the log yet.
    public static func renew(_ configuration: GatewayConfiguration) throws(StartFault) -> AuditKey {
        let path = configuration.auditKey
        guard let current = try load(configuration, makes: false) else {
            throw .unreachable("\(path): there is no key; start the gateway once with isthmus serve")
        }
        // Twice without a start in between would leave a key in between that nobody vouches for.
        let epochs = (try? TrailFiles(configuration.auditFolder).notes().epochs) ?? []
        guard epochs.last?.key == current.signer.publicKey else {
            throw .unreachable("the log is not signed by \(path) yet; start the gateway once with isthmus serve")
        }
        let next = path + ".next"
        // The paths are read during the calls only.
        _ = unsafe unlink(next)
        try write(SigningKey().pem, to: next)
        guard unsafe rename(path, path + ".previous") == 0, unsafe rename(next, path) == 0 else {
            throw .unreachable("\(path) cannot be replaced: \(reason)")
        }
        guard let renewed = try load(configuration, makes: false) else {
            throw .unreachable("\(path) is gone")
        }
        return AuditKey(signer: renewed.signer, previous: current.signer, isFresh: true)
    }

    /// Refuses to make a key for a log that another key signs, unless that one is at hand to vouch for the new one.
    private static func refuseSignedLog(
        _ configuration: GatewayConfiguration,
        _ previous: NoteSigner?
    ) throws(StartFault) {
        let folder = configuration.auditFolder
        // The path lives as long as the call.
        guard unsafe access(folder, F_OK) == 0 || errno != ENOENT else { return }
        let last: NoteKey?
        do throws(TrailFault) {
            let (epochs, checkpoints) = try TrailFiles(folder).notes()
            last = epochs.last?.key
            if last == nil, checkpoints.isEmpty { return }
        } catch {
            throw .unreachable("the audit log cannot be read: \(error)")
        }
        if let last, last == previous?.publicKey { return }
        throw .unreachable(
            "there is no key at \(configuration.auditKey), and the log in \(folder) is signed"
                + (last.map { " by \($0)" } ?? "")
                + "; put the key back from its copy, since no other one can go on with the log"
        )
    }

    private static func signer(_ pem: String, _ name: String, _ path: String) throws(StartFault) -> NoteSigner {
        guard let key = SigningKey(pem: pem), let signer = NoteSigner(name: name, key: key) else {
            throw .unreachable(
                "\(path) is no Ed25519 key in PEM without a passphrase; make one with: openssl genpkey -algorithm ed25519"
            )
        }
        return signer
    }

    /// The text of a file; nil when there is none.
    private static func read(_ path: String) throws(StartFault) -> String? {
        // The path lives as long as the call.
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else { return nil }
        switch OperatorFile.read(path, limit: largest) {
        case .success(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .failure(let fault): throw .unreachable(fault.diagnostic.rendered(line: nil))
        }
    }

    private static func write(_ pem: String, to path: String) throws(StartFault) {
        let bytes = Array(pem.utf8)
        // The path lives as long as the call.
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unreachable("\(path) cannot be written: \(reason)") }
        defer { close(file) }
        // The buffer lives as long as the call.
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(file) == 0 else {
            throw .unreachable("\(path) cannot be written: \(reason)")
        }
    }

    private static var reason: String {
        // The text is copied at once.
        unsafe String(cString: strerror(errno))
    }
}

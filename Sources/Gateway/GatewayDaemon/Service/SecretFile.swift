import Digests
import Glibc
import OperatorFiles

/// Reads secrets from files and the environment, and keeps the store's own.
enum SecretFile {
    /// The 32 bytes of the store's secret; made at the first start, readable by the owner alone.
    ///
    /// - Parameter directory: the state directory.
    /// - Returns: the secret.
    /// - Throws: ``StartFault`` when the file cannot be used.
    static func ofStore(in directory: String) throws(StartFault) -> [UInt8] {
        let path = directory + "/secret"
        if let found = try existing(path) { return found }
        let fresh = RandomBytes.generate(32)
        // The path lives as long as the call.
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unreachable("\(path) cannot be written: \(reason)") }
        defer { close(file) }
        // The buffer lives as long as the call.
        let written = unsafe fresh.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        guard written == fresh.count, fsync(file) == 0 else {
            throw .unreachable("\(path) cannot be written: \(reason)")
        }
        return fresh
    }

    /// The 32 bytes of the store's secret where it was made before.
    ///
    /// - Parameter directory: the state directory.
    /// - Returns: the secret.
    /// - Throws: ``StartFault`` when there is none, or the file cannot be used.
    static func stored(in directory: String) throws(StartFault) -> [UInt8] {
        let path = directory + "/secret"
        guard let found = try existing(path) else { throw .unreachable("\(path) cannot be read: \(reason)") }
        return found
    }

    private static func existing(_ path: String) throws(StartFault) -> [UInt8]? {
        guard let found = read(path) else { return nil }
        guard found.count == 32 else {
            throw .unreachable(
                "\(path) does not hold 32 bytes; restore it from a backup, or remove it, after which no person finds the keys of earlier texts"
            )
        }
        return found
    }

    /// The secret of a component, without the line break at its end.
    static func ofComponent(_ component: GatewayConfiguration.Component) throws(StartFault) -> String {
        do throws(ComponentSecret.Fault) { return try ComponentSecret.read(component) } catch {
            throw .unreachable("\(error.reason); \(error.help)")
        }
    }

    private static var reason: String {
        // The text is copied at once.
        unsafe String(cString: strerror(errno))
    }

    /// At most 4096 bytes of a file; nil when it cannot be read.
    private static func read(_ path: String) -> [UInt8]? {
        // The path lives as long as the call.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // The buffer lives as long as the call.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        guard count >= 0 else { return nil }
        return Array(buffer[..<count])
    }
}

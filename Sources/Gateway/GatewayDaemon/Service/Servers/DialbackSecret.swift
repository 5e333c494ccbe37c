import Glibc
import MappingTables
import OperatorFiles
import XMPPStreams

/// Reads the secret that dialback keys are made of, which several gateways of one operator may share.
///
/// Source: XEP-0185 §2.
enum DialbackSecret {
    /// The largest file of a secret, in bytes.
    static let largest = 4_096

    /// Why a secret is not taken.
    struct Fault: Error {
        let diagnostic: Diagnostic
    }

    /// The secret without the line break at its end.
    static func read(_ place: GatewayConfiguration.Secret) throws(Fault) -> [UInt8] {
        switch place {
        case .file(let path):
            switch OperatorFile.read(path, limit: largest) {
            case .failure(let fault):
                var diagnostic = fault.diagnostic
                diagnostic.help = "write at least \(DialbackKeys.shortestSecret) random bytes to a file of this name"
                throw Fault(diagnostic: diagnostic)
            case .success(var bytes):
                while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
                return try checked(bytes, in: path)
            }
        case .environment(let name):
            // The text is copied at once.
            guard let text = unsafe getenv(name).map({ unsafe String(cString: $0) }) else {
                throw Fault(
                    diagnostic: .finding(
                        .error,
                        "unset",
                        in: "$\(name)",
                        "the environment variable with the secret of dialback is not set",
                        help: "set it, or use dialback-secret-file"
                    )
                )
            }
            return try checked(Array(text.utf8), in: "$\(name)")
        }
    }

    private static func checked(_ bytes: [UInt8], in place: String) throws(Fault) -> [UInt8] {
        guard (DialbackKeys.shortestSecret...largest).contains(bytes.count) else {
            throw Fault(
                diagnostic: .finding(
                    .error,
                    "dialback-secret",
                    in: place,
                    "the secret of dialback has \(bytes.count) bytes, and not \(DialbackKeys.shortestSecret) to \(largest)",
                    help: "make one with: openssl rand -hex 32"
                )
            )
        }
        return bytes
    }
}

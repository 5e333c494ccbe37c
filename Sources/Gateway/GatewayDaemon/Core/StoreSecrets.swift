import BridgeCore
import Digests
import Ledger
import MIME

/// What is derived from the store's secret: fingerprints of items, and labels of people.
///
/// The secret lies in a file of its own and never leaves the process.
struct StoreSecrets: Sendable {
    private let secret: [UInt8]

    /// Takes the 32 bytes of the secret.
    init(_ secret: [UInt8]) { self.secret = secret }

    /// A 64-bit fingerprint of what together identifies something; not forgeable without the secret.
    ///
    /// - Parameters:
    ///   - purpose: what it is made for.
    ///   - parts: texts, in order.
    ///   - content: bytes that go with them; nil for none.
    /// - Returns: the fingerprint, the same in every process that has the secret.
    func fingerprint(_ purpose: String, _ parts: [String], _ content: ArraySlice<UInt8>? = nil) -> UInt64 {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64 + parts.reduce(0) { $0 + $1.utf8.count + 4 })
        bytes.append(contentsOf: secret)
        bytes.append(contentsOf: purpose.utf8)
        for part in parts {
            // Lengths keep neighbors apart.
            let count = UInt32(truncatingIfNeeded: part.utf8.count)
            for shift in stride(from: 24, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: count >> shift))
            }
            bytes.append(all: part.utf8.span)
        }
        guard let content else { return SHA256.hash(bytes).leadingWord }
        // No text is this long.
        bytes.append(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF])
        var hash = SHA256()
        hash.update(bytes)
        hash.update(content)
        return hash.finalize().leadingWord
    }

    /// A 64-bit mark of a text between two users, under a key of this process that nobody knows.
    ///
    /// - Parameters:
    ///   - purpose: what it marks.
    ///   - users: both, in order.
    ///   - content: the text.
    /// - Returns: the mark; worthless to another process.
    static func mark(_ purpose: Shore, _ users: (String, String), _ content: ArraySlice<UInt8>) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(purpose)
        hasher.combine(users.0)
        hasher.combine(users.1)
        // The bytes live as long as the call.
        unsafe content.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// The secret of dialback keys where none is configured; the same after each start.
    ///
    /// Source: XEP-0185 §2.
    var dialbackSecret: [UInt8] { HMAC.sha256(key: secret, message: Array("dialback".utf8)).bytes }

    /// What stands for people and domains in the file of keys.
    var bodyLabels: BodyLabels { BodyLabels(secret: secret) }
}

/// The stored form of a fingerprint.
enum Fingerprint {
    static func bytes(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) }
    }

    static func value(_ bytes: [UInt8]) -> UInt64? {
        bytes.count == 8 ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }
}

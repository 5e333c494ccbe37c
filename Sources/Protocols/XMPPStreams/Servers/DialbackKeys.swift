/// Makes and checks the keys of dialback, from a secret that all servers of the deployment share.
///
/// It holds the digest of the secret, not the secret, and a pure function; nothing of it is ever printed.
///
/// Source: XEP-0185 §2.
public struct DialbackKeys: Sendable {
    /// The shortest secret, in bytes.
    public static let shortestSecret = 16

    private let key: [UInt8]
    private let hmac: @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]

    /// Takes a secret; nil for one of fewer than ``shortestSecret`` bytes.
    ///
    /// - Parameters:
    ///   - secret: what the servers of the deployment share.
    ///   - sha256: the SHA-256 of bytes.
    ///   - hmac: the HMAC-SHA256 of a message under a key.
    public init?(
        secret: [UInt8],
        sha256: ([UInt8]) -> [UInt8],
        hmac: @escaping @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]
    ) {
        guard secret.count >= Self.shortestSecret else { return nil }
        key = Self.hexadecimal(sha256(secret))
        self.hmac = hmac
    }

    /// The key for one stream and pair of domains.
    ///
    /// - Parameters:
    ///   - receiving: the domain of the server that gave the stream its id.
    ///   - originating: the domain of the server that opened the stream.
    ///   - stream: the id of the stream.
    /// - Returns: 64 lower-case hexadecimal digits.
    public func key(receiving: String, originating: String, stream: String) -> String {
        String(decoding: bytes(receiving, originating, stream), as: UTF8.self)
    }

    /// Whether a key is the one for this stream and pair; takes the same time wherever they differ.
    ///
    /// - Parameters:
    ///   - candidate: the key that was shown.
    ///   - receiving: the domain of the server that gave the stream its id.
    ///   - originating: the domain of the server that opened the stream.
    ///   - stream: the id of the stream.
    /// - Returns: whether they agree.
    ///
    /// Source: XEP-0220 §2.2.2.
    public func isValid(_ candidate: String, receiving: String, originating: String, stream: String) -> Bool {
        let right = bytes(receiving, originating, stream)
        let shown = Array(candidate.utf8)
        guard shown.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in right.indices { difference |= right[index] ^ shown[index] }
        return difference == 0
    }

    private func bytes(_ receiving: String, _ originating: String, _ stream: String) -> [UInt8] {
        Self.hexadecimal(hmac(key, Array("\(receiving) \(originating) \(stream)".utf8)))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }
}

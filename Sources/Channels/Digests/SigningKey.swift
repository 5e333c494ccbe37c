/// An Ed25519 private key.
///
/// The 32 bytes of the seed are the whole key (RFC 8032 §5.1.5); they leave the value only by ``pem`` and ``seed``.
public struct SigningKey: Sendable, Equatable {
    /// How many bytes the seed of a key has.
    public static let byteCount = 32

    /// The seed from which the key is derived; secret.
    public let seed: [UInt8]
    /// What verifies the signatures.
    public let publicKey: VerifyingKey

    /// Draws a key at random.
    public init() {
        // 32 bytes are a seed always.
        guard let key = SigningKey(seed: RandomBytes.generate(SigningKey.byteCount)) else {
            preconditionFailure("libcrypto made no key of 32 random bytes")
        }
        self = key
    }

    /// Takes a seed.
    ///
    /// The result is nil unless there are exactly 32 bytes.
    ///
    /// - Parameter seed: the 32 bytes; kept secret by the caller too.
    ///
    /// Source: RFC 8032 §5.1.5.
    public init?(seed: [UInt8]) {
        guard seed.count == SigningKey.byteCount, let key = RawKey(seed: seed) else { return nil }
        self.seed = seed
        publicKey = VerifyingKey(known: key.publicBytes)
    }

    /// Reads a key in PEM, as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// The result is nil for any other text, a key of another algorithm, and an encrypted key.
    ///
    /// - Parameter pem: the text.
    public init?(pem: String) {
        guard let key = RawKey(privatePEM: Array(pem.utf8)) else { return nil }
        self.init(seed: key.seedBytes)
    }

    /// The key in PEM, unencrypted.
    public var pem: String {
        guard let key = RawKey(seed: seed) else { preconditionFailure("a key was made of this seed before") }
        return String(decoding: key.privatePEM, as: UTF8.self)
    }

    /// Signs a message.
    ///
    /// - Parameter message: the bytes; hashed inside, so that they are given whole.
    /// - Returns: the 64 bytes of the signature; always the same for the same message.
    ///
    /// Source: RFC 8032 §5.1.6.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        guard let key = RawKey(seed: seed) else { preconditionFailure("a key was made of this seed before") }
        return key.sign(message)
    }
}

/// An Ed25519 public key.
public struct VerifyingKey: Sendable, Hashable {
    /// How many bytes a key has.
    public static let byteCount = 32
    /// How many bytes a signature has.
    public static let signatureByteCount = 64

    /// The 32 bytes of the key (RFC 8032 §5.1.5).
    public let bytes: [UInt8]

    init(known bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Takes the bytes of a key.
    ///
    /// The result is nil unless there are exactly 32 bytes. Bytes that are no point of the curve verify nothing.
    ///
    /// - Parameter bytes: the 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == VerifyingKey.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads a key in PEM, as `openssl pkey -pubout` writes it.
    ///
    /// The result is nil for any other text and for a key of another algorithm.
    ///
    /// - Parameter pem: the text.
    public init?(pem: String) {
        guard let key = RawKey(publicPEM: Array(pem.utf8)) else { return nil }
        self.bytes = key.publicBytes
    }

    /// The key in PEM.
    public var pem: String {
        String(decoding: RawKey(publicBytes: bytes)?.publicPEM ?? [], as: UTF8.self)
    }

    /// Whether a signature is the one of this key for a message.
    ///
    /// - Parameters:
    ///   - signature: the bytes that are said to be the signature.
    ///   - message: the message, whole.
    /// - Returns: true for the signature, false for anything else.
    ///
    /// Source: RFC 8032 §5.1.7.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == VerifyingKey.signatureByteCount, let key = RawKey(publicBytes: bytes) else {
            return false
        }
        return key.verifies(signature, message)
    }
}

import COpenSSL

/// Encryption that notices every change, under one key: AES-256 in Galois/Counter Mode.
///
/// A sealed text is the nonce (12 bytes, random), the ciphertext (as long as the text), and the tag (16 bytes). Under one
/// key at most 2³² texts may be sealed, because the nonces are random.
///
/// Source: NIST SP 800-38D sections 7 and 8.3; RFC 5116 section 5.2.
public struct AEAD: Sendable {
    /// How many bytes a key has.
    public static let keyByteCount = 32
    /// How many bytes a sealed text has beyond the text.
    public static let overhead = nonceByteCount + tagByteCount

    static let nonceByteCount = 12
    static let tagByteCount = 16

    private let key: [UInt8]

    /// Takes a key.
    ///
    /// The result is nil unless there are exactly 32 bytes.
    ///
    /// - Parameter key: the 32 bytes; kept secret by the caller too.
    public init?(key: [UInt8]) {
        guard key.count == AEAD.keyByteCount else { return nil }
        self.key = key
    }

    /// Seals a text.
    ///
    /// - Parameters:
    ///   - text: the bytes.
    ///   - context: bytes that are not stored and must be the same again for ``open(_:context:)``.
    /// - Returns: the sealed text.
    public func seal(_ text: [UInt8], context: [UInt8]) -> [UInt8] {
        seal(text, context: context, nonce: RandomBytes.generate(AEAD.nonceByteCount))
    }

    /// Seals a text with a nonce, which must not be used again under the key.
    func seal(_ text: [UInt8], context: [UInt8], nonce: [UInt8]) -> [UInt8] {
        precondition(nonce.count == AEAD.nonceByteCount, "a nonce has 12 bytes")
        let run = CipherRun()
        var sealed = [UInt8](repeating: 0, count: text.count)
        var tag = [UInt8](repeating: 0, count: AEAD.tagByteCount)
        // Failures are of memory alone; what was not encrypted must never be used.
        let done =
            run.begin(key: key, nonce: nonce, seals: true) && run.add(context: context)
            && run.step(text, into: &sealed) && run.finish() && run.read(tag: &tag)
        precondition(done, "libcrypto could not encrypt")
        return nonce + sealed + tag
    }

    /// Opens a sealed text.
    ///
    /// - Parameters:
    ///   - sealed: what ``seal(_:context:)`` made.
    ///   - context: the bytes that were given when it was sealed.
    /// - Returns: the text, or nil when the key or the context is another, or a byte was changed.
    public func open(_ sealed: [UInt8], context: [UInt8]) -> [UInt8]? {
        guard sealed.count >= AEAD.overhead else { return nil }
        let nonce = Array(sealed.prefix(AEAD.nonceByteCount))
        let tag = Array(sealed.suffix(AEAD.tagByteCount))
        let hidden = Array(sealed[AEAD.nonceByteCount..<sealed.count - AEAD.tagByteCount])
        let run = CipherRun()
        var text = [UInt8](repeating: 0, count: hidden.count)
        let isWhole =
            run.begin(key: key, nonce: nonce, seals: false) && run.add(context: context)
            && run.step(hidden, into: &text) && run.expect(tag: tag) && run.finish()
        ERR_clear_error()
        return isWhole ? text : nil
    }
}

/// One text on its way through the cipher.
@safe private struct CipherRun: ~Copyable {
    /// The cipher's description inside libcrypto; immutable and never freed, hence shared by all threads.
    @safe private struct Cipher: @unchecked Sendable {
        let pointer: OpaquePointer

        init() {
            // The library copies what it needs of the name; the result is owned for the life of the process.
            guard let pointer = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
                preconditionFailure("libcrypto offers no AES-256-GCM; its configuration must load a provider that does")
            }
            unsafe self.pointer = unsafe pointer
        }
    }

    private static let cipher = Cipher()

    private let pointer: OpaquePointer

    init() {
        guard let pointer = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        // The pointer came from EVP_CIPHER_CTX_new and is freed exactly once; the key in it is wiped.
        unsafe EVP_CIPHER_CTX_free(pointer)
    }

    func begin(key: [UInt8], nonce: [UInt8], seals: Bool) -> Bool {
        // The library copies both arrays, whose lengths are those of the cipher.
        unsafe EVP_CipherInit_ex2(pointer, Self.cipher.pointer, key, nonce, seals ? 1 : 0, nil) == 1
    }

    func add(context: [UInt8]) -> Bool {
        guard !context.isEmpty else { return true }
        var count: Int32 = 0
        guard let size = Int32(exactly: context.count) else { return false }
        // The library reads the array during the call; without a place for output the bytes are only authenticated.
        return unsafe EVP_CipherUpdate(pointer, nil, &count, context, size) == 1
    }

    func step(_ input: [UInt8], into output: inout [UInt8]) -> Bool {
        guard !input.isEmpty else { return true }
        var count: Int32 = 0
        guard let size = Int32(exactly: input.count), output.count == input.count else { return false }
        // The mode writes as many bytes as it reads, for which the array has room.
        return unsafe EVP_CipherUpdate(pointer, &output, &count, input, size) == 1 && count == size
    }

    func finish() -> Bool {
        var count: Int32 = 0
        var rest = [UInt8](repeating: 0, count: AEAD.tagByteCount)
        // The mode has no bytes left over; the array has room for a block.
        return unsafe EVP_CipherFinal_ex(pointer, &rest, &count) == 1
    }

    func read(tag: inout [UInt8]) -> Bool {
        // The library writes 16 bytes, for which the array has room.
        unsafe EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
    }

    func expect(tag: [UInt8]) -> Bool {
        var tag = tag
        // The library copies the 16 bytes.
        return unsafe EVP_CIPHER_CTX_ctrl(pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
    }
}

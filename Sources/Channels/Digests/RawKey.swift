import COpenSSL

/// One Ed25519 key of libcrypto, freed with the value.
@safe struct RawKey: ~Copyable {
    private let pointer: OpaquePointer

    init?(seed: [UInt8]) {
        // The library copies the 32 bytes.
        guard let pointer = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            ERR_clear_error()
            return nil
        }
        unsafe self.pointer = unsafe pointer
    }

    init?(publicBytes: [UInt8]) {
        // The library copies the 32 bytes.
        let made = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicBytes, publicBytes.count)
        guard let pointer = unsafe made else {
            ERR_clear_error()
            return nil
        }
        unsafe self.pointer = unsafe pointer
    }

    init?(privatePEM text: [UInt8]) {
        guard let buffer = MemoryBuffer(text) else { return nil }
        // The empty passphrase keeps the library from asking the terminal for one; it is read during the call only.
        let read = unsafe "".withCString {
            unsafe PEM_read_bio_PrivateKey(buffer.pointer, nil, nil, UnsafeMutableRawPointer(mutating: $0))
        }
        guard let pointer = unsafe read else {
            ERR_clear_error()
            return nil
        }
        guard unsafe EVP_PKEY_get_base_id(pointer) == EVP_PKEY_ED25519 else {
            unsafe EVP_PKEY_free(pointer)
            return nil
        }
        unsafe self.pointer = unsafe pointer
    }

    init?(publicPEM text: [UInt8]) {
        guard let buffer = MemoryBuffer(text) else { return nil }
        // Nothing is encrypted in a public key, so that no passphrase is asked for.
        guard let pointer = unsafe PEM_read_bio_PUBKEY(buffer.pointer, nil, nil, nil) else {
            ERR_clear_error()
            return nil
        }
        guard unsafe EVP_PKEY_get_base_id(pointer) == EVP_PKEY_ED25519 else {
            unsafe EVP_PKEY_free(pointer)
            return nil
        }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        // The pointer came from the library and is freed exactly once.
        unsafe EVP_PKEY_free(pointer)
    }

    var publicBytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: VerifyingKey.byteCount)
        var count = bytes.count
        // The library writes 32 bytes, for which there is room.
        let done = unsafe EVP_PKEY_get_raw_public_key(pointer, &bytes, &count)
        precondition(done == 1 && count == bytes.count, "libcrypto gave no public key")
        return bytes
    }

    var seedBytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: SigningKey.byteCount)
        var count = bytes.count
        // The library writes 32 bytes, for which there is room.
        let done = unsafe EVP_PKEY_get_raw_private_key(pointer, &bytes, &count)
        precondition(done == 1 && count == bytes.count, "libcrypto gave no private key")
        return bytes
    }

    var privatePEM: [UInt8] {
        guard let buffer = MemoryBuffer() else { preconditionFailure("libcrypto is out of memory") }
        // Without a cipher the key is written in the clear; the buffer grows as needed.
        let done = unsafe PEM_write_bio_PrivateKey(buffer.pointer, pointer, nil, nil, 0, nil, nil)
        precondition(done == 1, "libcrypto wrote no key")
        return buffer.bytes
    }

    var publicPEM: [UInt8] {
        guard let buffer = MemoryBuffer() else { preconditionFailure("libcrypto is out of memory") }
        // The buffer grows as needed.
        let done = unsafe PEM_write_bio_PUBKEY(buffer.pointer, pointer)
        precondition(done == 1, "libcrypto wrote no key")
        return buffer.bytes
    }

    func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: VerifyingKey.signatureByteCount)
        var count = signature.count
        // The context lives until the end of the function; the library reads the message and writes 64 bytes during
        // the call. It fails only when memory is exhausted.
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
        defer { unsafe EVP_MD_CTX_free(context) }
        let done =
            unsafe EVP_DigestSignInit(context, nil, nil, nil, pointer) == 1
            && EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        precondition(done && count == signature.count, "libcrypto made no signature")
        return signature
    }

    func verifies(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
        // The context lives until the end of the function; the library reads both arrays during the call.
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
        defer { unsafe EVP_MD_CTX_free(context) }
        let isValid =
            unsafe EVP_DigestVerifyInit(context, nil, nil, nil, pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        ERR_clear_error()
        return isValid
    }
}

/// Bytes that libcrypto reads or has written.
@safe private struct MemoryBuffer: ~Copyable {
    let pointer: OpaquePointer

    /// An empty buffer that grows.
    init?() {
        guard let pointer = unsafe BIO_new(BIO_s_mem()) else { return nil }
        unsafe self.pointer = unsafe pointer
    }

    /// A buffer with bytes to read.
    init?(_ bytes: [UInt8]) {
        guard let count = Int32(exactly: bytes.count), let pointer = unsafe BIO_new(BIO_s_mem()) else { return nil }
        // The library copies the bytes.
        guard unsafe count == 0 || BIO_write(pointer, bytes, count) == count else {
            unsafe BIO_free(pointer)
            return nil
        }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        // The pointer came from BIO_new and is freed exactly once.
        unsafe BIO_free(pointer)
    }

    /// All that was written.
    var bytes: [UInt8] {
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 512)
        while true {
            // At most as many bytes are written as the array holds.
            let count = unsafe BIO_read(pointer, &part, Int32(part.count))
            guard count > 0 else { return all }
            all += part[..<Int(count)]
        }
    }
}

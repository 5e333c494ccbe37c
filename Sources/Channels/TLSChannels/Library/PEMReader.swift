import COpenSSL

/// Reads files in PEM, and never asks the terminal for a passphrase, as the library would.
enum PEMReader {
    /// How many certificates one file may hold.
    static let largestCount = 1000

    /// All certificates, in order; other parts are passed over.
    static func certificates(_ pem: [UInt8]) throws(TLSConfigurationError) -> [CertificateHandle] {
        LibraryErrors.clear()
        var found: [CertificateHandle] = []
        let errors = unsafe withBIO(pem) { bio -> [LibraryError] in
            while found.count < largestCount,
                let pointer = unsafe PEM_read_bio_X509(bio, nil, { _, _, _, _ in -1 }, nil)
            {
                found.append(unsafe CertificateHandle(owning: pointer))
            }
            return LibraryErrors.drain()
        }
        let isEnd = errors.allSatisfy { $0.library == ERR_LIB_PEM && $0.reason == PEM_R_NO_START_LINE }
        guard isEnd else {
            throw TLSConfigurationError(
                .unreadableCertificate,
                "certificate \(found.count + 1) cannot be read: \(LibraryErrors.sentence(errors))"
            )
        }
        guard !found.isEmpty else {
            throw TLSConfigurationError(.noCertificate, "there is no certificate: a line BEGIN CERTIFICATE is missing")
        }
        return found
    }

    /// The first private key.
    static func key(_ pem: [UInt8]) throws(TLSConfigurationError) -> KeyHandle {
        LibraryErrors.clear()
        let pointer = unsafe withBIO(pem) { unsafe PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) }
        if let pointer = unsafe pointer {
            LibraryErrors.clear()
            return unsafe KeyHandle(owning: pointer)
        }
        let errors = LibraryErrors.drain()
        if String(decoding: pem, as: UTF8.self).contains("ENCRYPTED") {
            throw TLSConfigurationError(.encryptedKey, "the private key is encrypted; store it without a passphrase")
        }
        throw TLSConfigurationError(
            .unreadableKey,
            "there is no private key that can be read: \(LibraryErrors.sentence(errors))"
        )
    }

    private static func withBIO<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result) -> Result {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            // The library reads the buffer during the call only; an empty buffer has no address.
            let start = unsafe UnsafeRawPointer(buffer.baseAddress) ?? UnsafeRawPointer(bitPattern: 1)
            guard let bio = unsafe BIO_new_mem_buf(start, Int32(clamping: buffer.count)) else {
                preconditionFailure("libcrypto is out of memory")
            }
            defer { unsafe BIO_free(bio) }
            return unsafe body(bio)
        }
    }
}

/// A private key inside libcrypto, freed with the object; immutable, hence shared by all threads.
@safe final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        // The reference that was taken over is given back once.
        unsafe EVP_PKEY_free(pointer)
    }

    /// Which of the kinds of keys it is; a server shows one certificate of each.
    var kind: Int32 { unsafe EVP_PKEY_get_base_id(pointer) }

    /// Whether it is the key of the certificate.
    func fits(_ certificate: CertificateHandle) -> Bool {
        defer { LibraryErrors.clear() }
        return unsafe X509_check_private_key(certificate.pointer, pointer) == 1
    }
}

import COpenSSL

/// A certificate inside libcrypto, freed with the object.
///
/// The library locks what it caches in it, and nothing here changes it: it is shared by all threads.
@safe final class CertificateHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    /// Reads one certificate; nil unless the bytes are one and nothing else.
    init?(der: [UInt8]) {
        LibraryErrors.clear()
        let pointer = unsafe der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var position = bytes.baseAddress
            // The library reads no further than the count, and moves the position behind what it read.
            guard let found = unsafe d2i_X509(nil, &position, bytes.count) else { return nil }
            let isWhole = unsafe position == bytes.baseAddress.map { unsafe $0 + bytes.count }
            guard isWhole else {
                unsafe X509_free(found)
                return nil
            }
            return unsafe found
        }
        LibraryErrors.clear()
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        // The reference that was taken over is given back once.
        unsafe X509_free(pointer)
    }

    /// The certificate as it came.
    var der: [UInt8] {
        unsafe CertificateHandle.encoded { unsafe i2d_X509(pointer, $0) }
    }

    /// The subject's public key with its algorithm.
    var publicKeyInfo: [UInt8] {
        unsafe CertificateHandle.encoded { unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), $0) }
    }

    /// Runs an encoder of the library twice: for the size, and into a buffer of that size.
    private static func encoded(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
        let count = Int(encode(nil))
        guard count > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var position = buffer.baseAddress
            filled = max(0, Int(unsafe encode(&position)))
        }
    }

    /// When its validity starts and ends, in seconds since 1970.
    var validity: ClosedRange<Int64> {
        let (start, end) = unsafe (seconds(X509_get0_notBefore(pointer)), seconds(X509_get0_notAfter(pointer)))
        return start...max(start, end)
    }

    private func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        // An epoch of our own, freed below; the library computes the difference of two times of any form.
        guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return 0 }
        defer { unsafe ASN1_STRING_free(epoch) }
        var (days, seconds): (Int32, Int32) = (0, 0)
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return 0 }
        return Int64(days) * 86_400 + Int64(seconds)
    }

    /// Whether it may sign other certificates.
    var isAuthority: Bool { unsafe X509_check_ca(pointer) == 1 }

    /// The size of its key.
    var keyBits: Int {
        // The key belongs to the certificate.
        guard let key = unsafe X509_get0_pubkey(pointer) else { return 0 }
        return Int(unsafe EVP_PKEY_get_bits(key))
    }

    /// Whether its extensions let it end a TLS connection, on either side.
    ///
    /// Public authorities no longer sign for the initiating side, so that a server's certificate must do on both.
    ///
    /// - Parameter isLeaf: whether it is the peer's own and not one of an authority.
    /// - Returns: false when an extension speaks against it.
    func servesTLS(isLeaf: Bool) -> Bool {
        let extended = unsafe X509_get_extended_key_usage(pointer)
        let wanted = UInt32(XKU_SSL_SERVER | XKU_SSL_CLIENT | XKU_ANYEKU | XKU_SGC)
        guard extended == .max || extended & wanted != 0 else { return false }
        guard isLeaf else { return true }
        let usage = unsafe X509_get_key_usage(pointer)
        return usage == .max || usage & UInt32(KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT) != 0
    }

    /// Whether it names the other's subject as its issuer.
    func isIssued(by issuer: CertificateHandle) -> Bool {
        unsafe X509_check_issued(issuer.pointer, pointer) == X509_V_OK
    }

    /// The subject, for people.
    var subject: String { unsafe text(of: X509_get_subject_name(pointer)) }

    /// The issuer, for people.
    var issuer: String { unsafe text(of: X509_get_issuer_name(pointer)) }

    private func text(of name: OpaquePointer?) -> String {
        guard let name = unsafe name, let bio = unsafe BIO_new(BIO_s_mem()) else { return "" }
        defer { unsafe BIO_free(bio) }
        // XN_FLAG_RFC2253, which is a macro of other macros, less the escaping of letters beyond ASCII.
        let flags =
            UInt(XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_DN_REV | XN_FLAG_FN_SN | XN_FLAG_DUMP_UNKNOWN_FIELDS)
            | UInt(ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT)
        guard unsafe X509_NAME_print_ex(bio, name, 0, flags) >= 0 else { return "" }
        var read = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 512) { buffer, filled in
            _ = unsafe BIO_read_ex(bio, buffer.baseAddress, buffer.count, &read)
            filled = read
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

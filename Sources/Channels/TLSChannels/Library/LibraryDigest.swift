import COpenSSL

/// The hashes that certificates are compared by.
enum LibraryDigest: String {
    case sha256 = "SHA256"
    case sha512 = "SHA512"

    /// Hashes bytes.
    func hash(_ bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, filled in
            var count = 0
            // Reads the bytes of the array, writes at most EVP_MAX_MD_SIZE.
            let done = unsafe EVP_Q_digest(nil, rawValue, nil, bytes, bytes.count, buffer.baseAddress, &count)
            precondition(done == 1, "libcrypto could not hash")
            filled = count
        }
    }
}

import COpenSSL
import Synchronization

/// A hash algorithm of libcrypto, fetched once: an implicit fetch for each use doubles the cost of a short input.
@safe struct Algorithm: @unchecked Sendable {
    /// The algorithm's description inside libcrypto; immutable once fetched and never freed, hence shared by all threads.
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    /// SHA-256, of FIPS 180-4.
    static let sha256 = Algorithm.fetch("SHA256")

    /// SHA-1, of FIPS 180-4.
    static let sha1 = Algorithm.fetch("SHA1")

    private static func fetch(_ name: String) -> Algorithm {
        // The library copies what it needs of the name; the result is owned for the life of the process.
        guard let pointer = unsafe EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("libcrypto offers no \(name); its configuration must load a provider that does")
        }
        return unsafe Algorithm(pointer)
    }
}

/// One running hash: a libcrypto context that is freed with the value.
@safe struct HashContext: ~Copyable {
    private let pointer: OpaquePointer

    /// Starts a hash.
    init(_ algorithm: Algorithm) {
        // Both calls fail only when memory is exhausted; a hash that was not computed must never be used.
        guard let pointer = unsafe SpareContexts.take() ?? EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex2(pointer, algorithm.pointer, nil) == 1
        else {
            preconditionFailure("libcrypto could not start a hash: out of memory")
        }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        // The pointer came from EVP_MD_CTX_new, and is kept or freed exactly once.
        if unsafe !SpareContexts.keep(pointer) { unsafe EVP_MD_CTX_free(pointer) }
    }

    /// Adds bytes.
    mutating func update(_ bytes: Span<UInt8>) {
        // The library reads `count` bytes during the call only.
        let done = unsafe bytes.withUnsafeBufferPointer { unsafe EVP_DigestUpdate(pointer, $0.baseAddress, $0.count) }
        precondition(done == 1, "libcrypto could not continue a hash")
    }

    /// Adds bytes that are lent for the call.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // The library reads `count` bytes during the call only.
        let done = unsafe EVP_DigestUpdate(pointer, bytes.baseAddress, bytes.count)
        precondition(done == 1, "libcrypto could not continue a hash")
    }

    /// Writes the hash into the buffer, which has room for every algorithm of ``Algorithm``.
    mutating func finish(into buffer: UnsafeMutableBufferPointer<UInt8>) {
        precondition(buffer.count >= 32, "the buffer is too small for a hash")
        // The library writes 20 or 32 bytes, which the precondition makes room for.
        let done = unsafe EVP_DigestFinal_ex(pointer, buffer.baseAddress, nil)
        precondition(done == 1, "libcrypto could not finish a hash")
    }
}

/// A few contexts that are not in use: making one costs as much as hashing a short message.
@safe private struct SpareContexts: @unchecked Sendable {
    private static let capacity = 8
    private static let shared = Mutex(SpareContexts())

    // Each pointer has one owner: this list, or the hash that took it out under the lock.
    private var pointers: [OpaquePointer] = unsafe []

    static func take() -> OpaquePointer? {
        unsafe shared.withLock { unsafe $0.pointers.popLast() }
    }

    static func keep(_ pointer: OpaquePointer) -> Bool {
        shared.withLock { spare in
            guard unsafe spare.pointers.count < capacity else { return false }
            unsafe spare.pointers.append(pointer)
            return true
        }
    }
}

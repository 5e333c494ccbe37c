/// A file or a setting that no TLS can be made of.
public struct TLSConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable {
        /// The bytes hold no certificate in PEM.
        case noCertificate = "no-certificate"
        /// A certificate in the bytes cannot be read.
        case unreadableCertificate = "unreadable-certificate"
        /// The bytes hold no private key in PEM, or one that cannot be read.
        case unreadableKey = "unreadable-key"
        /// The private key is encrypted.
        case encryptedKey = "encrypted-key"
        /// The private key belongs to another certificate.
        case keyMismatch = "key-mismatch"
        /// A certificate of the chain is not the issuer of the one before it.
        case brokenChain = "broken-chain"
        /// A certificate of the chain has expired.
        case expired
        /// A certificate of the chain is not valid yet.
        case notYetValid = "not-yet-valid"
        /// The key or the signature of a certificate is too weak.
        case weak
        /// An accepting end has no certificate to show.
        case noCredentials = "no-credentials"
        /// The trusted certificates cannot be read.
        case unreadableTrustRoots = "unreadable-trust-roots"
        /// The list of cipher suites has none that the library knows.
        case ciphers
        /// An application protocol is empty or longer than 255 bytes.
        case applicationProtocol = "application-protocol"
        /// The oldest version is later than the latest.
        case versions
        /// The library refused without a fault of the configuration.
        case library
    }

    /// What is wrong.
    public let code: Code
    /// A sentence with what was found.
    public let reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The sentence with its code.
    public var description: String { "\(reason) [\(code.rawValue)]" }

    /// Whether two faults are of one kind.
    ///
    /// - Parameters:
    ///   - left: one fault.
    ///   - right: the other fault.
    /// - Returns: true when the codes agree.
    public static func == (left: TLSConfigurationError, right: TLSConfigurationError) -> Bool {
        left.code == right.code
    }

    /// Feeds the code to a hasher.
    ///
    /// - Parameter hasher: the hasher to feed.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
    }
}

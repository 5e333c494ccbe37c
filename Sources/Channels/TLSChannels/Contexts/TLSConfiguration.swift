/// What both ends of TLS may agree on, and whom this end believes.
///
/// The defaults are those of RFC 7590 §3 with the practice that it refers to: TLS 1.2 and later, forward secrecy and
/// authenticated encryption only. Compression, renegotiation and early data have no switch; they are off.
public struct TLSConfiguration: Hashable, Sendable {
    /// A version of the protocol.
    public enum Version: Int, Hashable, Sendable, Comparable {
        /// TLS 1.2.
        case tls12 = 0x0303
        /// TLS 1.3.
        case tls13 = 0x0304

        /// Whether one version is older than another.
        ///
        /// - Parameters:
        ///   - left: one version.
        ///   - right: the other version.
        /// - Returns: true when `left` is the older one.
        public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    /// Whether an accepting end asks for the certificate of the other.
    public enum ClientCertificate: Hashable, Sendable {
        /// It is not asked for.
        case none
        /// It is asked for, and the handshake goes on without.
        case requested
        /// It is asked for, and the handshake fails without. What it is worth is judged afterwards.
        case required
    }

    /// Where trusted certificates come from.
    public enum TrustRoots: Hashable, Sendable {
        /// What the system trusts.
        case system
        /// The certificates of a file in PEM, and no other.
        case pem([UInt8])
        /// None: no chain is valid; for pins, DANE and dialback.
        case none
    }

    /// The bound of ``verificationDepth`` unless set.
    public static let defaultDepth = 8

    /// How many bytes a peer's chain of certificates may have.
    public static let largestChain = 64 << 10

    /// The suites of TLS 1.2 unless set, in the names of libssl.
    ///
    /// Source: RFC 7590 §3.
    public static let defaultCiphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ]

    /// The suites of TLS 1.3 unless set.
    public static let defaultCiphers13 = [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    ]

    /// At least 112 bits everywhere: RSA keys of 2048 bits, no SHA-1.
    static let securityLevel: Int32 = 2

    /// The oldest version that is spoken.
    public var minimumVersion = Version.tls12
    /// The latest version that is spoken.
    public var maximumVersion = Version.tls13
    /// The suites of TLS 1.2, preferred first, in the names of libssl.
    public var ciphers = TLSConfiguration.defaultCiphers
    /// The suites of TLS 1.3, preferred first.
    public var ciphers13 = TLSConfiguration.defaultCiphers13
    /// The application protocols that are offered or accepted, preferred first; none means that none is spoken of.
    ///
    /// A peer that offers others alone is refused; one that offers none is not.
    ///
    /// Source: XEP-0368 §3.
    public var applicationProtocols: [String] = []
    /// Whom chains must lead to.
    public var trustRoots = TrustRoots.system
    /// How many certificates may stand between the peer's and the trusted one.
    public var verificationDepth = TLSConfiguration.defaultDepth
    /// Whether an accepting end asks for the certificate of the other.
    public var clientCertificate = ClientCertificate.requested
    /// Whether a session may be resumed by ticket.
    ///
    /// Keys of tickets live as long as the context; see ``TLSContext/renewed()``.
    public var resumesSessions = true

    /// Makes the default configuration.
    public init() {}
}

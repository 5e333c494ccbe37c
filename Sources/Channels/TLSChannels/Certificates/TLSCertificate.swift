/// One certificate, read.
///
/// Two are equal when their bytes are.
public struct TLSCertificate: Hashable, Sendable {
    /// The certificate as it came, in DER.
    public let der: [UInt8]
    /// The subject as text, at most 512 bytes; for people, never for decisions.
    public let subject: String
    /// The issuer as text, at most 512 bytes; for people, never for decisions.
    public let issuer: String
    /// The names of the subject.
    public let names: CertificateNames
    /// When its validity starts and ends, in seconds since 1970.
    public let validity: ClosedRange<Int64>
    /// The public key with its algorithm, in DER (SubjectPublicKeyInfo).
    public let publicKeyInfo: [UInt8]
    /// The size of the key, in bits.
    public let keyBits: Int
    /// Whether it is marked as one of an authority (`CA:TRUE`).
    public let isAuthority: Bool

    /// Reads a certificate.
    ///
    /// The result is nil unless the bytes are one certificate and nothing else.
    ///
    /// - Parameter der: the bytes, in DER.
    public init?(der: [UInt8]) {
        guard let handle = CertificateHandle(der: der) else { return nil }
        self.init(handle)
    }

    init(_ handle: CertificateHandle) {
        der = handle.der
        subject = handle.subject
        issuer = handle.issuer
        names = handle.names
        validity = handle.validity
        publicKeyInfo = handle.publicKeyInfo
        keyBits = handle.keyBits
        isAuthority = handle.isAuthority
    }

    /// The SHA-256 of the certificate.
    public var fingerprint: [UInt8] { LibraryDigest.sha256.hash(der) }

    /// Whether two certificates are the same.
    ///
    /// - Parameters:
    ///   - left: one certificate.
    ///   - right: the other certificate.
    /// - Returns: true when all bytes agree.
    public static func == (left: TLSCertificate, right: TLSCertificate) -> Bool {
        left.der == right.der
    }

    /// Feeds the certificate to a hasher.
    ///
    /// - Parameter hasher: the hasher to feed.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(der)
    }
}

/// What a check of a chain of certificates found.
///
/// Names are not part of it; see ``ServiceIdentity``.
///
/// Source: RFC 5280 §6, RFC 6120 §13.7.2.
public enum ChainVerdict: Hashable, Sendable {
    /// The chain ends at a trusted certificate and every rule is kept.
    case valid
    /// The peer showed no certificate.
    case noCertificate
    /// A certificate of the chain has expired.
    case expired
    /// A certificate of the chain is not valid yet.
    case notYetValid
    /// The peer signed its certificate itself, and it is not trusted.
    case selfSigned
    /// The chain does not reach a trusted certificate: an issuer is missing or unknown.
    case unknownIssuer
    /// A certificate of the chain was revoked.
    case revoked
    /// A certificate of the chain is not meant for TLS, or an issuer's not for signing.
    case wrongPurpose
    /// The peer's own certificate is marked as one of an authority.
    case authority
    /// The chain is longer than is allowed.
    case tooLong
    /// A signature of the chain is wrong.
    case badSignature
    /// A key or a hash of the chain is too weak.
    case weak
    /// Another rule is broken; the library's sentence.
    case other(String)
}

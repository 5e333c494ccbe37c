import FoundationEssentials
public import TLSChannels

/// What a domain's web server says of the certificates of the domain's service.
///
/// Source: RFC 7711 §3.1, §3.2.
public enum POSHDocument: Sendable, Equatable {
    /// It names certificates, for so many seconds.
    case fingerprints([POSHFingerprint], seconds: Int64)
    /// It names another place where they are named, for so many seconds.
    case reference(String, seconds: Int64)

    /// The most descriptors that are read.
    public static let largestCount = 64

    /// The members of both kinds of documents; others are passed over.
    private struct Members: Decodable {
        let fingerprints: [[String: String]]?
        let url: String?
        let expires: Int64
    }

    /// Reads a document.
    ///
    /// Hashes other than SHA-256 and SHA-512 are passed over, so that a certificate named by SHA-1 alone is not named.
    ///
    /// - Parameter bytes: the JSON text.
    /// - Throws: ``HTTPSFault`` with `.malformed`, `.tooLarge` or `.expired`.
    ///
    /// Source: RFC 7711 §3.1, §3.2, §10.
    public init(_ bytes: [UInt8]) throws(HTTPSFault) {
        let members: Members
        do {
            members = try JSONDecoder().decode(Members.self, from: Data(bytes))
        } catch {
            throw HTTPSFault(.malformed, "the document is no JSON object with the members of POSH")
        }
        guard members.expires >= 0 else { throw HTTPSFault(.malformed, "the document expires before it began") }
        guard members.expires > 0 else { throw HTTPSFault(.expired, "the document says that it is not valid") }
        switch (members.fingerprints, members.url) {
        case (let descriptors?, nil):
            guard !descriptors.isEmpty else { throw HTTPSFault(.malformed, "the document names no certificate") }
            guard descriptors.count <= Self.largestCount else {
                throw HTTPSFault(.tooLarge, "the document names more than \(Self.largestCount) certificates")
            }
            self = .fingerprints(descriptors.flatMap(POSHFingerprint.all), seconds: members.expires)
        case (nil, let url?): self = .reference(url, seconds: members.expires)
        case (nil, nil), (_?, _?):
            throw HTTPSFault(.malformed, "the document has not one of fingerprints and url")
        }
    }
}

/// The hash of a certificate.
///
/// Source: RFC 7711 §3.1.
public struct POSHFingerprint: Sendable, Hashable {
    /// The hash as records of the DNS have it.
    private let record: TLSARecord

    /// Takes a hash; nil for one of a wrong length.
    ///
    /// - Parameter hash: 32 bytes of SHA-256, or 64 of SHA-512.
    public init?(_ hash: [UInt8]) {
        let matching: UInt8 = hash.count == 32 ? 1 : 2
        guard let record = TLSARecord(usage: 3, selector: 0, matching: matching, data: hash) else { return nil }
        self.record = record
    }

    /// The hashes of one descriptor that count.
    fileprivate static func all(_ descriptor: [String: String]) -> [POSHFingerprint] {
        [("sha-256", 32), ("sha-512", 64)].compactMap { name, count in
            descriptor[name].flatMap(decoded).flatMap { $0.count == count ? POSHFingerprint($0) : nil }
        }
    }

    /// Base64 with or without its padding: the RFC's own examples have both.
    ///
    /// Source: RFC 4648 §4.
    private static func decoded(_ text: String) -> [UInt8]? {
        let bare = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.count
        let padded = text.prefix(bare) + String(repeating: "=", count: (4 - bare % 4) % 4)
        return Data(base64Encoded: String(padded)).map(Array.init)
    }

    /// Whether it is the hash of a certificate.
    ///
    /// - Parameter certificate: the certificate.
    /// - Returns: true when it is.
    public func names(_ certificate: TLSCertificate) -> Bool { record.names(certificate) }
}

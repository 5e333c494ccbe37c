import DNSChannels
import TLSChannels

/// What records that DNSSEC proves say of a certificate.
///
/// Source: RFC 7673 §4, RFC 7712 §5.1.
enum DANEProof: Equatable {
    /// No record is usable: they say nothing.
    case unusable
    /// One names the certificate.
    case proved
    /// None does; the sentence says why.
    case contradicted(String)

    /// The most records that are compared with a certificate.
    static let largestCount = 32

    /// Compares.
    ///
    /// DANE-EE asks neither for a chain nor for names; the others ask for the name of the domain or of the host.
    ///
    /// - Parameters:
    ///   - records: records that DNSSEC proves for the host.
    ///   - inquiry: the certificate, and the domain.
    ///   - hosts: the names of the host that DNSSEC proves to be the domain's.
    ///   - time: the moment to check for, in seconds since 1970.
    ///
    /// Source: RFC 6698 §2.1.1, RFC 7673 §4.2.
    init(_ records: [DNSChannels.TLSARecord], _ inquiry: CertificateInquiry, hosts: [String], at time: Int64) {
        let usable = records.prefix(Self.largestCount).compactMap { TLSChannels.TLSARecord($0) }
        switch TLSAVerdict.of(usable, peer: inquiry.peer, at: time) {
        case .unusable: self = .unusable
        case .matched: self = .proved
        case .matchedIfNamed where inquiry.isNamed(among: hosts): self = .proved
        case .matchedIfNamed:
            self = .contradicted("A TLSA record names the certificate, which names neither the domain nor its host.")
        case .mismatched: self = .contradicted("No TLSA record names the certificate.")
        }
    }
}

extension TLSChannels.TLSARecord {
    /// Takes a record of the DNS; nil unless it is usable.
    ///
    /// Source: RFC 6698 §4.1.
    init?(_ record: DNSChannels.TLSARecord) {
        self.init(
            usage: record.usage,
            selector: record.selector,
            matching: record.matching,
            data: record.association
        )
    }
}

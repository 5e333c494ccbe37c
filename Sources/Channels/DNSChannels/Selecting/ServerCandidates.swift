/// Which servers the answers of the DNS name for a domain, in the order in which they are tried.
public enum ServerCandidates: Sendable, Equatable {
    /// The servers that the domain names, at most ``limit``.
    case servers([ServerCandidate])
    /// The domain names none: its own addresses are tried.
    case domainItself(ServerCandidate)
    /// The domain says that it does not offer the service.
    case notOffered
    /// It cannot be said, since this question failed.
    case failed(DNSQuestion, ResolverFailure)

    /// The largest number of servers that are tried.
    public static let limit = 32

    /// The port of servers of domains that name none.
    ///
    /// Source: RFC 6120 §3.2.2, §14.7.
    public static let xmppPort: UInt16 = 5_269

    /// The questions whose answers name the XMPP servers of a domain.
    ///
    /// - Throws: ``DNSError`` with `.nameTooLong` when the domain leaves no room for the service.
    ///
    /// Source: RFC 6120 §3.2.1, XEP-0368 §3.
    public static func xmppQuestions(
        _ domain: DNSName
    ) throws(DNSError) -> (startTLS: DNSQuestion, directTLS: DNSQuestion) {
        (
            DNSQuestion(try domain.prefixed("_xmpp-server._tcp"), .srv),
            DNSQuestion(try domain.prefixed("_xmpps-server._tcp"), .srv)
        )
    }

    /// The XMPP servers of a domain.
    ///
    /// Both kinds of records are one list by priority and weight. A failed question is not the lack of records: when
    /// it contradicts DNSSEC nothing is tried; otherwise the servers that the other answer names are, unless DNSSEC
    /// proves that answer, since then whoever kept the first one back would choose how TLS begins.
    ///
    /// - Parameters:
    ///   - domain: the domain.
    ///   - startTLS: the answer for `_xmpp-server`.
    ///   - directTLS: the answer for `_xmpps-server`.
    ///   - generator: what the draws by weight are made with.
    /// - Returns: the servers, or why there are none.
    ///
    /// Source: RFC 6120 §3.2.1, §3.2.2, RFC 2782, RFC 7673 §3.1, XEP-0368 §3, §5.
    public static func xmpp(
        _ domain: DNSName,
        startTLS: (question: DNSQuestion, answer: DNSAnswer),
        directTLS: (question: DNSQuestion, answer: DNSAnswer),
        using generator: inout some RandomNumberGenerator
    ) -> ServerCandidates {
        let both = [(Offer(startTLS.answer, .startTLS), startTLS), (Offer(directTLS.answer, .directTLS), directTLS)]
        for (offer, asked) in both {
            if case .failed(.bogus(let reason)) = offer { return .failed(asked.question, .bogus(reason)) }
        }
        var services: [Service] = []
        var isRefused = false
        var failure: (DNSQuestion, ResolverFailure)?
        for (offer, asked) in both {
            switch offer {
            case .services(let offered): services += offered
            case .notOffered: isRefused = true
            case .none: break
            case .failed(let reason): failure = failure ?? (asked.question, reason)
            }
        }
        if let failure, services.isEmpty || services.contains(where: \.isProved) {
            return .failed(failure.0, failure.1)
        }
        guard services.isEmpty else {
            let ordered = ServiceOrder.ordered(
                services,
                by: { ($0.record.priority, $0.record.weight) },
                using: &generator
            )
            return .servers(ordered.prefix(limit).map(\.candidate))
        }
        if isRefused { return .notOffered }
        let isProved = startTLS.answer.isSecure && directTLS.answer.isSecure
        return .domainItself(
            ServerCandidate(.name(domain), port: xmppPort, mode: .startTLS, isProved: isProved)
        )
    }

    /// One SRV record with how TLS begins at its server.
    private struct Service {
        let record: SRVRecord
        let mode: ServerCandidate.Mode
        let isProved: Bool

        var candidate: ServerCandidate {
            ServerCandidate(.name(record.target), port: record.port, mode: mode, isProved: isProved)
        }
    }

    /// What one answer says of one service.
    private enum Offer {
        /// These servers have it.
        case services([Service])
        /// It is decidedly not there.
        case notOffered
        /// Nothing is said.
        case none
        /// Nothing was learned.
        case failed(ResolverFailure)

        /// Source: RFC 2782, RFC 6120 §3.2.1.
        init(_ answer: DNSAnswer, _ mode: ServerCandidate.Mode) {
            switch answer.outcome {
            case .failed(let failure): self = .failed(failure)
            case .noData, .noSuchName: self = .none
            case .records(let records):
                var services: [Service] = []
                for case .service(let record) in records.map(\.data) where !record.target.isRoot {
                    services.append(Service(record: record, mode: mode, isProved: answer.isSecure))
                }
                // Records whose only targets are the root offer nothing, be they one or several.
                self = services.isEmpty ? .notOffered : .services(services)
            }
        }
    }
}

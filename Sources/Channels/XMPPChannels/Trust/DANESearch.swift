import DNSChannels
import NIOCore

/// The search for a record that names the certificate of a peer which connected, or which serves a further domain.
///
/// The servers of the domain are looked up as if they were to be connected to. Only what DNSSEC proves counts, from the
/// domain to its servers, their addresses and their records; any record that names the certificate is enough. That none
/// does says nothing: the peer may be one of the domain's servers that has no address of its own.
///
/// Bound to its event loop.
///
/// Source: RFC 7712 §5.1, RFC 7673 §3.
final class DANESearch {
    private let resolver: any Resolver
    private let inquiry: CertificateInquiry
    private let limits: TrustLimits
    private let time: Int64
    private let eventLoop: any EventLoop
    /// Takes nil for a proof, or why there is none.
    private var deliver: ((String?) -> Void)?
    private var questions: [OpenQuestion] = []
    /// Servers that are still looked at.
    private var open = 0

    init(
        _ inquiry: CertificateInquiry,
        resolver: any Resolver,
        limits: TrustLimits,
        at time: Int64,
        on eventLoop: any EventLoop,
        deliver: @escaping (String?) -> Void
    ) {
        self.inquiry = inquiry
        self.resolver = resolver
        self.limits = limits
        self.time = time
        self.eventLoop = eventLoop
        self.deliver = deliver
    }

    func start() {
        do throws(DNSError) {
            let name = try DNSName(domain: inquiry.domain)
            let (startTLS, directTLS) = try ServerCandidates.xmppQuestions(name)
            var answers: [DNSQuestion: DNSAnswer] = [:]
            for question in [startTLS, directTLS] {
                ask(question) { [self] answer in
                    answers[question] = answer
                    guard let one = answers[startTLS], let other = answers[directTLS] else { return }
                    var generator = SystemRandomNumberGenerator()
                    found(
                        ServerCandidates.xmpp(
                            name,
                            startTLS: (startTLS, one),
                            directTLS: (directTLS, other),
                            using: &generator
                        )
                    )
                }
            }
        } catch {
            finish("The domain has no name in the DNS.")
        }
    }

    /// Gives up without an answer.
    func cancel() {
        deliver = nil
        for question in questions { question.cancel() }
        questions = []
    }

    // MARK: Servers

    private func found(_ servers: ServerCandidates) {
        switch servers {
        case .servers(let servers): visit(servers.filter(\.isProved).prefix(limits.servers))
        case .domainItself(let server): visit(server.isProved ? [server] : [])
        case .notOffered: finish("The domain says that it has no server.")
        case .failed(let question, let failure): finish("\(question): \(failure).")
        }
    }

    private func visit(_ servers: ArraySlice<ServerCandidate>) {
        guard !servers.isEmpty else { return finish("DNSSEC proves no server of the domain.") }
        open = servers.count
        for server in servers { visit(server) }
    }

    /// Asks for records only where DNSSEC proves an address, and nothing about the other contradicts it.
    ///
    /// Source: RFC 7673 §3.2.
    private func visit(_ server: ServerCandidate) {
        guard case .name(let host) = server.host, let place = try? host.prefixed("_\(server.port)._tcp") else {
            return leave()
        }
        var answers: [DNSAnswer] = []
        for type in [RecordType.aaaa, .a] {
            ask(DNSQuestion(host, type)) { [self] answer in
                answers.append(answer)
                guard answers.count == 2 else { return }
                let isProved = answers.contains { $0.isSecure && !$0.records.isEmpty }
                guard isProved, answers.allSatisfy({ $0.failure == nil }) else { return leave() }
                ask(DNSQuestion(place, .tlsa)) { [self] in compare($0, host) }
            }
        }
    }

    private func compare(_ answer: DNSAnswer, _ host: DNSName) {
        var records: [DNSChannels.TLSARecord] = []
        for case .association(let record) in answer.isSecure ? answer.records.map(\.data) : [] {
            records.append(record)
        }
        if DANEProof(records, inquiry, hosts: [host.description], at: time) == .proved { return finish(nil) }
        leave()
    }

    private func leave() {
        open -= 1
        if open == 0 { finish("No TLSA record that DNSSEC proves names the certificate.") }
    }

    private func finish(_ reason: String?) {
        let deliver = deliver
        cancel()
        deliver?(reason)
    }

    private func ask(_ question: DNSQuestion, _ receive: @escaping (DNSAnswer) -> Void) {
        guard deliver != nil else { return }
        let bound = NIOLoopBound(receive, eventLoop: eventLoop)
        let asked = resolver.ask(question, within: limits.question, on: eventLoop) { bound.value($0) }
        questions.append(asked)
    }
}

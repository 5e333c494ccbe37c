import Addressing
import NIOCore

/// One search for a server: from the domain to its servers, from each server to its addresses, and to a connection.
///
/// Bound to its event loop.
final class ServerWalk {
    typealias Outcome = Result<ConnectedServer, ConnectionFailure>

    let connector: Connector
    let eventLoop: any EventLoop
    private let destination: Connector.Destination
    private var deliver: ((Outcome) -> Void)?

    /// The domain in A-labels.
    private var domain = ""
    private var candidates: ArraySlice<ServerCandidate> = []
    private var visit: ServerVisit?
    private var questions: [OpenQuestion] = []
    private var cancelDeadline: (@Sendable () -> Void)?
    private(set) var attempts: [ConnectionAttempt] = []
    /// Kinds of what has failed, for the kind of the whole.
    private var kinds: Set<ConnectionFailure.Kind> = []

    init(
        _ connector: Connector,
        _ destination: Connector.Destination,
        on eventLoop: any EventLoop,
        deliver: @escaping (Outcome) -> Void
    ) {
        self.connector = connector
        self.destination = destination
        self.eventLoop = eventLoop
        self.deliver = deliver
    }

    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let deadline = connector.clock.now() + connector.limits.total
        cancelDeadline = connector.clock.schedule(eventLoop, deadline) { bound.value.tooLate() }
        switch destination {
        case .servers(let servers, let domain):
            self.domain = (try? DomainName.toASCII(domain)) ?? domain
            candidates = servers[...]
            nextServer()
        case .xmppServer(let domain):
            if let literal = try? IPAddress(domain) {
                self.domain = domain
                begin(literal: literal)
                return
            }
            do throws(DNSError) {
                let name = try DNSName(domain: domain)
                self.domain = name.description
                try find(name)
            } catch {
                note(.services, error.description)
                finish(.malformedDomain)
            }
        }
    }

    /// A domain that is an address is its own server, where that is allowed.
    private func begin(literal: IPAddress) {
        guard connector.policy.allowsLiteralDomains else {
            note(.policy, "a domain that is an IP address is refused")
            finish(.refused)
            return
        }
        let server = ServerCandidate(.address(literal), port: ServerCandidates.xmppPort, mode: .startTLS)
        candidates = [server]
        nextServer()
    }

    // MARK: Services

    /// Asks for both kinds of records at once.
    ///
    /// Source: XEP-0368 §3.
    private func find(_ name: DNSName) throws(DNSError) {
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
    }

    private func found(_ servers: ServerCandidates) {
        questions = []
        switch servers {
        case .servers(let servers): candidates = servers[...]
        case .domainItself(let server): candidates = [server]
        case .notOffered:
            note(.services, "the domain says that it has no such service")
            finish(.notOffered)
            return
        case .failed(let question, let failure):
            note(.services, "\(question): \(failure)")
            if case .bogus = failure { finish(.bogus) } else { finish(.undecided) }
            return
        }
        nextServer()
    }

    // MARK: Servers

    private var visited = 0

    private func nextServer() {
        guard deliver != nil else { return }
        guard visited < connector.limits.servers, let server = candidates.popFirst() else {
            finish(nil)
            return
        }
        visited += 1
        let visit = ServerVisit(server, of: self)
        self.visit = visit
        visit.start()
    }

    /// The visit to a server has ended without a connection.
    func leave(_ visit: ServerVisit) {
        guard self.visit === visit else { return }
        visit.end()
        self.visit = nil
        for question in questions { question.cancel() }
        questions = []
        nextServer()
    }

    /// The visit to a server has ended with a connection.
    func arrived(_ arrival: ServerVisit.Arrival) {
        guard deliver != nil, let visit else { return }
        visit.end()
        let connected = ConnectedServer(
            channel: arrival.channel,
            domain: domain,
            server: visit.server,
            address: arrival.address,
            isAddressProved: arrival.isProved,
            associations: arrival.associations,
            attempts: attempts,
            others: Array(candidates)
        )
        end()?(.success(connected))
    }

    /// Asks a question for as long as the search goes on.
    func ask(_ question: DNSQuestion, _ receive: @escaping (DNSAnswer) -> Void) {
        let bound = NIOLoopBound(receive, eventLoop: eventLoop)
        let open = connector.resolver.ask(question, within: connector.limits.question, on: eventLoop) {
            bound.value($0)
        }
        questions.append(open)
    }

    // MARK: End

    /// Keeps what was tried.
    func note(
        _ stage: ConnectionAttempt.Stage,
        _ reason: String,
        _ server: ServerCandidate? = nil,
        _ address: IPAddress? = nil,
        kind: ConnectionFailure.Kind? = nil
    ) {
        if let kind { kinds.insert(kind) }
        guard attempts.count < connector.limits.attempts else { return }
        attempts.append(ConnectionAttempt(stage: stage, server: server, address: address, reason: reason))
    }

    private func tooLate() {
        visit?.noteOpen("no connection before the whole search was given up")
        note(.connection, "nothing was reached within \(connector.limits.total.nanoseconds / 1_000_000) ms")
        finish(kinds.isEmpty ? .unreachable : nil)
    }

    /// Ends without a connection; the kind is that of what got furthest unless it is given.
    func finish(_ kind: ConnectionFailure.Kind?) {
        guard deliver != nil else { return }
        visit?.end()
        let order: [ConnectionFailure.Kind] = [.unreachable, .undecided, .bogus, .refused, .notFound]
        let kind = kind ?? order.first(where: kinds.contains) ?? .notFound
        let failure = ConnectionFailure(kind: kind, domain: destination.domain, attempts: attempts)
        end()?(.failure(failure))
    }

    private func end() -> ((Outcome) -> Void)? {
        cancelDeadline?()
        cancelDeadline = nil
        for question in questions { question.cancel() }
        questions = []
        visit = nil
        defer { deliver = nil }
        return deliver
    }
}

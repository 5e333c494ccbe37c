public import SIPMessages

/// All transactions of one SIP element, as a pure state machine: messages, answers and time go in, actions come out.
///
/// Requests other than INVITE have transactions on both sides. An INVITE is delivered without one, each copy anew, and
/// gets its final answer as from a stateless server; its ACK is absorbed (RFC 3261 §8.2.7).
///
/// Actions are to be carried out in order.
///
/// Source: RFC 3261 §17, RFC 4320, RFC 3581.
public struct TransactionTable: Sendable {
    /// The bounds and the names of a table.
    public struct Settings: Sendable {
        /// The times of transactions.
        public var timers = TransactionTimers()
        /// The bounds of messages.
        public var limits = SIPLimits()
        /// Live transactions of each side: 20000 unless set; beyond it requests are answered 503.
        public var transactions = 20_000
        /// Seconds in the Retry-After of a 503.
        public var retryAfter = 5
        /// The sent-by values of requests that are sent, as host or host and port.
        ///
        /// A response with another one is dropped (RFC 3261 §18.1.2). Empty: not compared.
        public var sentBy: Set<String> = []
        /// Makes To tags differ from those of other elements.
        public var seed: UInt64 = 0

        /// The defaults.
        public init() {}
    }

    struct Server: Sendable {
        let key: TransactionName
        var machine: NonInviteServer
        /// Where answers go; from its address the request came.
        let destination: SIPFlow
        let sourcePort: Int
        let mergeKey: TransactionName?
        /// For the 100; given up with the final answer.
        var headers: SIPHeaders?
        var answer: KeptAnswer = .none
    }

    /// What is kept of the last answer, for 32 s and for as many requests as came in that time.
    enum KeptAnswer: Sendable {
        /// There is no answer.
        case none
        /// The request and this status make it again.
        case status(Int)
        /// Its bytes.
        case bytes([UInt8])
    }

    struct Client: Sendable {
        let key: ClientTransactionKey
        var machine: NonInviteClient
        var flow: SIPFlow
        /// The request; given up with the final response.
        var bytes: [UInt8]
    }

    /// The bounds and the names; a bound that is lowered holds for what comes later.
    public var settings: Settings

    var servers = Slots<Server>()
    var clients = Slots<Client>()
    var serverSlots: [TransactionName: Int] = [:]
    var clientSlots: [TransactionName: Int] = [:]
    /// Live requests without a To tag, by what their merged copies share.
    var mergeSlots: [TransactionName: Int] = [:]
    var deadlines = DeadlineHeap()

    /// Makes an empty table.
    public init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    /// When ``advance(to:)`` is to be called; nil when nothing waits.
    public var nextDeadline: UInt64? { deadlines.first?.deadline }

    /// The live transactions of requests that arrived.
    public var serverCount: Int { servers.count }

    /// The live transactions of requests that were sent.
    public var clientCount: Int { clients.count }

    /// A message arrived.
    ///
    /// - Parameters:
    ///   - message: as read.
    ///   - flow: where it came from.
    ///   - now: nanoseconds of a monotonic clock, never less than in a call before.
    /// - Returns: what to do.
    public mutating func receive(_ message: SIPMessage, from flow: SIPFlow, now: UInt64) -> [TransactionAction] {
        switch message {
        case .request(let request): receive(request, from: flow, now: now)
        case .response(let response): receive(response, now: now)
        }
    }

    /// Bytes arrived that are no message.
    ///
    /// - Parameters:
    ///   - error: what the reader threw.
    ///   - flow: where they came from.
    /// - Returns: the answer, where there is one to give.
    ///
    /// Source: RFC 3261 §8.2.7, §18.3.
    public func receive(malformed error: SIPError, from flow: SIPFlow) -> [TransactionAction] {
        guard let status = error.status, let headers = error.headers, headers.has(.via) else {
            return [.discarded(.unanswerable)]
        }
        return answerStateless(headers, status: status, from: flow) ?? [.discarded(.unanswerable)]
    }

    /// Time passed.
    ///
    /// - Parameter now: nanoseconds of the clock.
    /// - Returns: what to do.
    public mutating func advance(to now: UInt64) -> [TransactionAction] {
        var actions: [TransactionAction] = []
        while let (deadline, id) = deadlines.first, deadline <= now {
            if id & 1 == 0 {
                advanceServer(id >> 1, now: now, &actions)
            } else {
                advanceClient(id >> 1, now: now, &actions)
            }
        }
        return actions
    }

    /// Answers a request that gets no transaction.
    ///
    /// - Returns: nil when there is nowhere to send the answer.
    func answerStateless(
        _ headers: SIPHeaders,
        status: Int,
        from flow: SIPFlow,
        extra: [SIPHeaderLine] = []
    ) -> [TransactionAction]? {
        guard let destination = flow.answering(headers.readableTopVia) else { return nil }
        let bytes = SIPResponse.answering(
            headers,
            status: status,
            toTag: AnswerTag.text(of: headers, seed: settings.seed),
            source: flow.source,
            extra: extra
        )
        return [.send(bytes, destination)]
    }
}

extension SIPHeaders {
    /// The first Via value; nil when it cannot be read.
    var readableTopVia: Via? {
        do throws(SIPError) {
            return try topVia()
        } catch {
            return nil
        }
    }
}

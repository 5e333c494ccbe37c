public import SIPMessages

/// The publishing side of one document at one address.
///
/// ```
///           changed / initial                200               time / refresh
///  Absent --------------------> Publishing -----> Published ------------------+
///    ^                            ^  |  ^            |   changed / modify     |
///    |        removed             |  |  |            |   remove / remove      |
///    +----------------------------|--+  +------------+------------------------+
///                                 +-- 412 / initial, once; 423 / with Min-Expires, once
/// ```
///
/// One PUBLISH is out at a time. What changes meanwhile is published by one PUBLISH when that has ended: the caller
/// composes the document when ``Action/send(_:)`` asks for a body, so it is the newest.
///
/// Source: RFC 3903 §4, §5.
public struct PublisherState: Sendable, Equatable {
    /// What a PUBLISH does.
    ///
    /// Source: RFC 3903 §4.1.
    public enum Operation: Sendable, Equatable {
        /// Publishes a document where there is none.
        case initial
        /// Makes what is published last longer.
        case refresh
        /// Publishes another document instead.
        case modify
        /// Takes back what is published.
        case remove
    }

    /// A PUBLISH that is to be sent.
    public struct Publish: Sendable, Equatable {
        /// What ``PublisherState/finished(_:with:now:)`` is to be told.
        public let attempt: UInt32
        /// What it does.
        public let operation: Operation
        /// The SIP-If-Match header field; nil for none.
        public let ifMatch: String?
        /// The Expires header field.
        public let expires: UInt32

        /// Whether the document as it is now is the body.
        public var hasBody: Bool { operation == .initial || operation == .modify }
    }

    /// What is to be done.
    public enum Action: Sendable, Equatable {
        /// Send a PUBLISH.
        case send(Publish)
        /// What was sent is published.
        case published
        /// Nothing is published any more, as asked.
        case removed
        /// A PUBLISH failed. It is tried again later, or, when `isFinal`, not before the next change.
        case failed(status: Int, isFinal: Bool)
    }

    private enum State: Sendable, Equatable {
        /// Nothing is out; leads to `publishing`.
        case resting
        /// A PUBLISH is out; leads to `resting`.
        case publishing(Operation)
    }

    /// What of the standard says that the same PUBLISH will be refused again.
    private static let finalStatuses: Set<Int> = [
        400, 403, 404, 405, 410, 413, 415, 416, 420, 485, 489, 501, 513, 603, 604, 606,
    ]

    /// What is published.
    public let event: SIPEvent
    private var state = State.resting
    private(set) var wanted: UInt32
    private let pace: UInt64
    private var attempt: UInt32 = 0
    /// Whether there is to be a document.
    var isWanted = false
    /// Whether the newest document was not sent.
    private var isDue = false
    /// The entity-tag and times of what is published.
    var standing: Standing?
    /// The earliest time of the next document, and of a refresh that is tried again.
    private var earliest: UInt64 = 0
    private var failures: UInt8 = 0
    private var isLengthened = false
    private var isRenewed = false

    struct Standing: Sendable, Equatable {
        var tag: String
        var expiry: UInt64
        var refresh: UInt64
    }

    /// Makes the publisher of a document.
    ///
    /// - Parameters:
    ///   - event: the event package.
    ///   - expires: the duration to ask for in seconds.
    ///   - pace: the time between two documents in nanoseconds; 5 s unless set.
    public init(event: SIPEvent = .presence, expires: UInt32 = 3_600, pace: UInt64 = 5_000_000_000) {
        self.event = event
        wanted = max(expires, 1)
        self.pace = pace
    }

    /// The entity-tag of what is published; nil when nothing is.
    public var entityTag: String? { standing?.tag }

    /// When ``timerFired(now:)`` is to be called; nil when there is nothing to wait for.
    public var deadline: UInt64? {
        guard state == .resting, isWanted else { return nil }
        let times = [standing.map { max($0.refresh, failures > 0 ? earliest : 0) }, standing?.expiry]
        return (times + [isDue ? earliest : nil]).compactMap { $0 }.min()
    }

    /// There is a document, or another one.
    public mutating func changed(now: UInt64) -> [Action] {
        isWanted = true
        isDue = true
        return next(now)
    }

    /// There is to be no document.
    public mutating func remove(now: UInt64) -> [Action] {
        guard isWanted else { return [] }
        isWanted = false
        isDue = false
        if state == .resting, standing == nil { return [.removed] }
        return next(now)
    }

    /// The deadline passed.
    public mutating func timerFired(now: UInt64) -> [Action] { next(now) }

    /// A PUBLISH came to its end.
    ///
    /// Source: RFC 3903 §5.
    public mutating func finished(_ attempt: UInt32, with outcome: ClientOutcome, now: UInt64) -> [Action] {
        guard case .publishing(let operation) = state, attempt == self.attempt else { return [] }
        state = .resting
        switch outcome {
        case .response(let response) where response.isSuccess: return succeeded(operation, response.headers, now)
        case .response(let response):
            return refused(operation, response.status, response.headers, now)
        case .timeout: return failed(operation, status: 408, retryAfter: nil, now)
        case .transportError: return failed(operation, status: 503, retryAfter: nil, now)
        }
    }

    private mutating func succeeded(_ operation: Operation, _ headers: SIPHeaders, _ now: UInt64) -> [Action] {
        if operation == .remove { return removed(now) }
        guard let tag = Self.tag(of: headers) else {
            // Without an entity-tag what was published can be neither refreshed nor taken back.
            standing = nil
            return failed(operation, status: 500, retryAfter: nil, now)
        }
        let duration = headers.expires ?? wanted
        let expiry = Clock.after(now, seconds: duration)
        standing = Standing(tag: tag, expiry: expiry, refresh: SubscriberState.refresh(until: expiry, now))
        failures = 0
        isLengthened = false
        isRenewed = false
        return [.published] + next(now)
    }

    private static func tag(of headers: SIPHeaders) -> String? {
        do throws(SIPError) {
            return try headers.entityTag()
        } catch {
            return nil
        }
    }

    private mutating func refused(
        _ operation: Operation,
        _ status: Int,
        _ headers: SIPHeaders,
        _ now: UInt64
    ) -> [Action] {
        if status == 412, operation != .initial {
            standing = nil
            if operation == .remove { return removed(now) }
            if !isRenewed {
                isRenewed = true
                return isWanted ? send(.initial, now) : removed(now)
            }
        }
        if status == 423, operation != .remove, !isLengthened, let minimum = headers.minExpires, minimum > wanted {
            isLengthened = true
            wanted = minimum
            return isWanted ? send(operation, now) : leave(now)
        }
        return failed(operation, status: status, retryAfter: headers.retryAfter?.seconds, now)
    }

    private mutating func failed(
        _ operation: Operation,
        status: Int,
        retryAfter: UInt32?,
        _ now: UInt64
    ) -> [Action] {
        // What cannot be taken back expires.
        if operation == .remove { return removed(now) }
        let isFinal = Self.finalStatuses.contains(status)
        if isFinal { standing = nil }
        isDue = isWanted && !isFinal && (isDue || operation != .refresh || standing == nil)
        earliest = Clock.after(now, seconds: max(30 << UInt32(failures), retryAfter ?? 0))
        failures = min(failures + 1, 6)
        let action = Action.failed(status: status, isFinal: isFinal)
        return [action] + (isWanted ? [] : leave(now))
    }

    /// Takes back what is published, if anything is.
    private mutating func leave(_ now: UInt64) -> [Action] {
        standing == nil ? removed(now) : next(now)
    }

    private mutating func removed(_ now: UInt64) -> [Action] {
        standing = nil
        return isWanted ? next(now) : [.removed]
    }

    private mutating func next(_ now: UInt64) -> [Action] {
        guard state == .resting else { return [] }
        if let current = standing, now >= current.expiry {
            standing = nil
            isDue = isWanted
            if !isWanted { return [.removed] }
        }
        guard isWanted else { return standing == nil ? [] : send(.remove, now) }
        if isDue, now >= earliest { return send(standing == nil ? .initial : .modify, now) }
        if let standing, now >= standing.refresh, failures == 0 || now >= earliest { return send(.refresh, now) }
        return []
    }

    private mutating func send(_ operation: Operation, _ now: UInt64) -> [Action] {
        attempt &+= 1
        state = .publishing(operation)
        if operation == .initial || operation == .modify {
            isDue = false
            earliest = now &+ pace
        }
        let publish = Publish(
            attempt: attempt,
            operation: operation,
            ifMatch: operation == .initial ? nil : standing?.tag,
            expires: operation == .remove ? 0 : wanted
        )
        return [.send(publish)]
    }
}

public import Addressing
public import NIOCore

/// Which addresses of one server are connected to, and when.
///
/// Addresses of both families take turns, IPv6 first. The next attempt begins 250 ms after the last, or as soon as the
/// last has failed; attempts that run stay. The first connection ends all others.
///
/// Differs from RFC 8305 §4: addresses of one family keep the order of the answer instead of that of RFC 6724, since
/// only the system knows its routes. An address without a route fails at once, and the next one follows.
///
/// Source: RFC 8305 §3, §4, §5.
public struct HappyEyeballs: Sendable {
    /// A family of addresses.
    public enum Family: Sendable, Hashable, CaseIterable {
        /// IPv6.
        case v6
        /// IPv4.
        case v4
    }

    /// What to do.
    public enum Action: Sendable, Equatable {
        /// Begin attempt number n.
        case connect(Int, IPAddress)
        /// Give attempt number n up.
        case abandon(Int)
        /// Call ``HappyEyeballs/woke(now:)`` at this time, and not at the one given before.
        case wake(NIODeadline)
        /// Use the connection of attempt number n; nothing follows.
        case use(Int)
        /// No address is left; nothing follows.
        case giveUp
    }

    /// The times, with the values that RFC 8305 recommends.
    ///
    /// Source: RFC 8305 §8.
    public struct Timing: Sendable, Equatable {
        /// How long IPv4 addresses wait for IPv6 addresses.
        public var resolutionDelay = TimeAmount.milliseconds(50)
        /// From one attempt to the next.
        public var attemptDelay = TimeAmount.milliseconds(250)
        /// From one attempt to the next when the first has failed.
        public var shortestDelay = TimeAmount.milliseconds(10)
        /// How long one attempt may take.
        public var attempt = TimeAmount.seconds(5)
        /// The largest number of addresses of one server.
        public var addresses = 16

        /// The defaults.
        public init() {}
    }

    private enum Course: Sendable, Equatable {
        case running
        case over
    }

    private let timing: Timing
    private var course = Course.running
    /// Families without an answer.
    private var unanswered: Set<Family> = [.v6, .v4]
    private var left: [Family: ArraySlice<IPAddress>] = [:]
    private var known: Set<IPAddress> = []
    /// Attempts that run, and when each has taken too long.
    private var running: [Int: NIODeadline] = [:]
    private var started = 0
    private var lastStart: NIODeadline?
    private var lastFamily: Family?
    /// Until when IPv4 addresses wait for IPv6 addresses.
    private var heldUntil: NIODeadline?

    /// Attempts that failed, by number, with why.
    public private(set) var failures: [Int: String] = [:]

    /// Makes a race without addresses.
    public init(timing: Timing = Timing()) { self.timing = timing }

    /// An answer has come; an empty one when it has none of the family.
    public mutating func answered(_ family: Family, _ addresses: [IPAddress], now: NIODeadline) -> [Action] {
        guard course == .running, unanswered.remove(family) != nil else { return [] }
        for address in addresses where known.count < timing.addresses && known.insert(address).inserted {
            left[family, default: []].append(address)
        }
        if family == .v4, unanswered.contains(.v6), !(left[.v4] ?? []).isEmpty {
            heldUntil = now + timing.resolutionDelay
        }
        return advance(now: now)
    }

    /// An attempt has failed.
    public mutating func failed(_ attempt: Int, _ reason: String, now: NIODeadline) -> [Action] {
        guard course == .running, running.removeValue(forKey: attempt) != nil else { return [] }
        failures[attempt] = reason
        return advance(now: now)
    }

    /// An attempt has connected.
    public mutating func connected(_ attempt: Int, now: NIODeadline) -> [Action] {
        guard course == .running, running.removeValue(forKey: attempt) != nil else { return [.abandon(attempt)] }
        course = .over
        let others = running.keys.sorted()
        running = [:]
        return others.map { .abandon($0) } + [.use(attempt)]
    }

    /// The time of a wake has come.
    public mutating func woke(now: NIODeadline) -> [Action] {
        guard course == .running else { return [] }
        return advance(now: now)
    }

    private mutating func advance(now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        for (attempt, limit) in running.sorted(by: { $0.key < $1.key }) where limit <= now {
            running[attempt] = nil
            failures[attempt] = "no answer within \(timing.attempt.nanoseconds / 1_000_000) ms"
            actions.append(.abandon(attempt))
        }
        var next: NIODeadline?
        while let family = nextFamily {
            let time = startTime(now: now)
            guard time <= now, let address = left[family]?.popFirst() else {
                next = time
                break
            }
            running[started] = now + timing.attempt
            actions.append(.connect(started, address))
            started += 1
            (lastStart, lastFamily) = (now, family)
        }
        if running.isEmpty, nextFamily == nil, unanswered.isEmpty {
            course = .over
            return actions + [.giveUp]
        }
        if let wake = ([next].compactMap { $0 } + running.values).min() { actions.append(.wake(wake)) }
        return actions
    }

    /// The family of the next address: the other one than last time, IPv6 at first.
    private var nextFamily: Family? {
        let order: [Family] = lastFamily == .v6 ? [.v4, .v6] : [.v6, .v4]
        return order.first { !(left[$0] ?? []).isEmpty }
    }

    /// When the next attempt may begin.
    private func startTime(now: NIODeadline) -> NIODeadline {
        guard let lastStart else {
            guard let heldUntil, unanswered.contains(.v6) else { return now }
            return heldUntil
        }
        let hasFailed = failures[started - 1] != nil
        return lastStart + (hasFailed ? max(timing.shortestDelay, .milliseconds(10)) : timing.attemptDelay)
    }
}

import Addressing
import IMDN
import Interworking

/// Who is writing to whom, as both shores were told: nothing of it is stored.
///
/// Source: RFC 3994 §3.2, §3.3.
struct ComposingBook: ~Copyable {
    /// How many users with chat states, and how many pairs of users who write, are remembered.
    static let memory = 100_000
    /// For how long a reader that has refused a state gets none, in milliseconds.
    static let silence: Int64 = 24 * 3_600_000

    /// Who writes to whom, by bare JIDs.
    struct Pair: Hashable {
        let writer: String
        let reader: String
    }

    /// What is to be told since nobody said anything.
    enum Due: Equatable {
        /// A user of the XMPP shore still writes from this address, or counts as one who does not any more.
        case outward(Pair, from: JID, ComposingStatus.State)
        /// A user of the CPIM shore counts as one who does not write any more; the state that was told last.
        case inward(Pivot)
    }

    /// How many pairs of users are told at one time, to each shore.
    let capacity: Int
    private var outward: [Pair: (machine: ComposingSender, writer: JID)] = [:]
    private var inward: [Pair: (machine: ComposingReceiver, pivot: Pivot)] = [:]
    private var chatStates = Recent<String, Bool>(capacity: memory)
    private var written = Recent<Pair, Bool>(capacity: memory)
    private var silent = Recent<String, Int64>(capacity: memory)
    /// When something may be due; nil for never.
    private(set) var deadline: Int64?

    init(capacity: Int) { self.capacity = capacity }

    // MARK: Questions

    /// Whether the client of a user has used chat states.
    func usesChatStates(_ user: String) -> Bool { !chatStates.isEmpty && chatStates[user] == true }

    /// Whether one user has written to another.
    func hasWritten(_ pair: Pair) -> Bool { written[pair] == true }

    /// What the CPIM shore was told last.
    func toldOutward(_ pair: Pair) -> ComposingStatus.State {
        outward.isEmpty ? .idle : outward[pair]?.machine.told ?? .idle
    }

    /// What the XMPP shore was told last.
    func toldInward(_ pair: Pair) -> ComposingStatus.State {
        inward.isEmpty ? .idle : inward[pair]?.machine.current ?? .idle
    }

    /// Whether a user of the CPIM shore has refused such states.
    ///
    /// Source: RFC 3994 §4.
    func isSilent(_ reader: String, now: Int64) -> Bool { (silent[reader] ?? 0) > now }

    // MARK: Events

    /// The client of a user has used a chat state.
    mutating func usedChatStates(_ user: String) { if chatStates[user] == nil { chatStates[user] = true } }

    /// One user has written to another: the state of the writer has ended with it.
    ///
    /// Source: RFC 3994 §3.2, §3.3.
    mutating func wrote(_ pair: Pair) {
        if written[pair] == nil { written[pair] = true }
        if !outward.isEmpty { outward[pair] = nil }
        if !inward.isEmpty { inward[pair] = nil }
    }

    /// A user of the XMPP shore writes, or does not any more, and the other is told.
    ///
    /// - Parameters:
    ///   - pair: who writes to whom.
    ///   - writer: the address that is written from; nil for the one that was.
    ///   - state: what is told.
    ///   - now: milliseconds.
    /// - Returns: whether there is room to follow the user; otherwise nobody is to be told.
    mutating func told(
        outward pair: Pair,
        from writer: JID? = nil,
        _ state: ComposingStatus.State,
        now: Int64
    ) -> Bool {
        guard state == .active else {
            outward[pair] = nil
            return true
        }
        guard let writer = writer ?? outward[pair]?.writer, outward[pair] != nil || outward.count < capacity else {
            return false
        }
        var machine = outward[pair]?.machine ?? ComposingSender()
        _ = machine.receive(.composing, now: now)
        outward[pair] = (machine, writer)
        schedule(machine.deadline)
        return true
    }

    /// A user of the CPIM shore writes, or does not any more, and the other is told.
    ///
    /// - Returns: whether there is room to follow the user; otherwise nobody is to be told.
    mutating func told(inward pair: Pair, _ status: ComposingStatus, _ pivot: Pivot, now: Int64) -> Bool {
        guard status.state == .active else {
            inward[pair] = nil
            return true
        }
        guard inward[pair] != nil || inward.count < capacity else { return false }
        var machine = inward[pair]?.machine ?? ComposingReceiver()
        _ = machine.receive(.status(status), now: now)
        inward[pair] = (machine, pivot)
        schedule(machine.deadline)
        return true
    }

    /// A user of the CPIM shore could not be told: it is not told again, nor of the end.
    ///
    /// - Parameters:
    ///   - reader: the user.
    ///   - isForLong: whether states of writing were refused as such.
    ///   - now: milliseconds of a clock that never goes back.
    mutating func failed(reader: String, isForLong: Bool, now: Int64) {
        if isForLong { silent[reader] = now + Self.silence }
        for pair in outward.keys where pair.reader == reader { outward[pair] = nil }
    }

    /// Takes what is due.
    mutating func advance(now: Int64) -> [Due] {
        guard let deadline, deadline <= now else { return [] }
        self.deadline = nil
        var due: [Due] = []
        for (pair, entry) in outward {
            var machine = entry.machine
            if let state = machine.receive(.advanced, now: now) {
                due.append(.outward(pair, from: entry.writer, state))
            }
            if machine.deadline == nil { outward[pair] = nil } else { outward[pair] = (machine, entry.writer) }
            schedule(machine.deadline)
        }
        for (pair, entry) in inward {
            var machine = entry.machine
            if machine.receive(.advanced, now: now) != nil { due.append(.inward(entry.pivot)) }
            if machine.deadline == nil { inward[pair] = nil } else { inward[pair] = (machine, entry.pivot) }
            schedule(machine.deadline)
        }
        return due
    }

    private mutating func schedule(_ next: Int64?) {
        guard let next else { return }
        deadline = min(deadline ?? next, next)
    }
}

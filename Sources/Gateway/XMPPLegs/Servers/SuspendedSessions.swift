import BridgeCore
import XMPPStreams

/// What is left of broken streams of peers, for as long as they may be resumed.
///
/// Source: XEP-0198 §5.
struct SuspendedSessions {
    /// What is left of one stream.
    final class Session {
        fileprivate(set) var left: StreamManagement
        let arrivals: StreamArrivals
        let until: UInt64

        fileprivate init(_ left: StreamManagement, _ arrivals: StreamArrivals, until: UInt64) {
            self.left = left
            self.arrivals = arrivals
            self.until = until
            arrivals.tell = { [weak self] in self?.left.committed(upTo: $0) }
        }
    }

    /// How many are kept.
    static let capacity = 1_000

    private var sessions: [String: Session] = [:]

    /// Keeps what is left of a stream; the one that would end first makes room.
    mutating func keep(_ left: StreamManagement, _ arrivals: StreamArrivals, now: UInt64) {
        guard let id = left.id else { return }
        if sessions.count >= Self.capacity, let first = sessions.min(by: { $0.value.until < $1.value.until }) {
            sessions[first.key] = nil
        }
        sessions[id] = Session(left, arrivals, until: now &+ left.limits.resumption)
    }

    /// Takes out what is left of a stream between these domains; others leave it where it is.
    ///
    /// Source: XEP-0198 §5.
    mutating func take(_ id: String, for pairs: some Collection<DomainPair>, now: UInt64) -> Session? {
        guard let session = sessions[id], pairs.contains(session.left.pair) else { return nil }
        sessions[id] = nil
        return now < session.until ? session : nil
    }

    mutating func forget(at now: UInt64) {
        sessions = sessions.filter { now < $0.value.until }
    }
}

extension ServerStreams {
    /// Finds what is left of a stream, also of one that is not known to be broken yet.
    ///
    /// It is handed over once the ledger has everything that came on it.
    func findSession(_ id: String, for stream: AcceptedStream, _ answer: @escaping (StreamManagement?) -> Void) {
        if let standing = resumable[id], standing !== stream,
            standing.pairs.keys.contains(where: stream.pairs.keys.contains)
        {
            standing.yield()
        }
        guard let session = sessions.take(id, for: stream.pairs.keys, now: leg.now.monotonic) else {
            return answer(nil)
        }
        guard !session.arrivals.isSettled else { return answer(session.left) }
        session.arrivals.whenSettled = { answer(session.left) }
    }
}

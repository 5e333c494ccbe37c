import DequeModule
import XMPPStreams

/// Which stanzas of a stream the ledger has.
///
/// It outlives its stream, as the ledger may answer later.
///
/// Source: XEP-0198 §4.
final class StreamArrivals {
    /// Told of the number up to which all is committed.
    var tell: (UInt64) -> Void = { _ in }
    /// Called once when nothing is on its way to the ledger.
    var whenSettled: (() -> Void)?
    /// The number of the stanza that came last in the present turn of the loop; nil when none came.
    fileprivate var arrived: UInt64?
    /// How many submissions hold stanzas of this stream and are not answered.
    fileprivate var submitted = 0

    /// Whether everything that came is answered by the ledger.
    var isSettled: Bool { arrived == nil && submitted == 0 }

    fileprivate func settle() {
        guard isSettled, let whenSettled else { return }
        self.whenSettled = nil
        whenSettled()
    }
}

/// The stanzas of one turn of the loop go to the ledger in one piece; what it has is told to the streams in order.
///
/// ```
/// stanza came → turn ─submitted→ waiting ─stored, and all before it→ told
/// ```
///
/// A stanza that the ledger refused was answered with an error, and counts like the others.
struct ArrivalBook {
    private struct Submission {
        var number: UInt64
        var streams: [(arrivals: StreamArrivals, upTo: UInt64)]
        var isStored = false
    }

    private var turn: [StreamArrivals] = []
    private var submissions: Deque<Submission> = []
    private var number: UInt64 = 0

    /// A stanza came and was handed on.
    ///
    /// - Parameters:
    ///   - count: which stanza of its stream it is.
    ///   - arrivals: the stream's.
    /// - Returns: whether it is the first of this turn.
    mutating func came(_ count: UInt64, on arrivals: StreamArrivals) -> Bool {
        if arrivals.arrived == nil { turn.append(arrivals) }
        arrivals.arrived = count
        return turn.count == 1
    }

    /// What came goes to the ledger.
    ///
    /// - Returns: the number of the submission; nil when nothing came.
    mutating func submit() -> UInt64? {
        guard !turn.isEmpty else { return nil }
        number += 1
        var streams: [(arrivals: StreamArrivals, upTo: UInt64)] = []
        for arrivals in turn {
            guard let upTo = arrivals.arrived else { continue }
            arrivals.arrived = nil
            arrivals.submitted += 1
            streams.append((arrivals, upTo))
        }
        turn.removeAll(keepingCapacity: true)
        submissions.append(Submission(number: number, streams: streams))
        return number
    }

    /// The ledger has answered a submission.
    ///
    /// - Returns: what the streams are to be told, in order.
    mutating func stored(_ number: UInt64) -> [(arrivals: StreamArrivals, upTo: UInt64)] {
        guard let index = submissions.firstIndex(where: { $0.number == number }) else { return [] }
        submissions[index].isStored = true
        var told: [(arrivals: StreamArrivals, upTo: UInt64)] = []
        while submissions.first?.isStored == true, let first = submissions.popFirst() {
            for entry in first.streams {
                entry.arrivals.submitted -= 1
                told.append(entry)
            }
        }
        return told
    }
}

extension [(arrivals: StreamArrivals, upTo: UInt64)] {
    /// Tells every stream.
    func tell() {
        for entry in self {
            entry.arrivals.tell(entry.upTo)
            entry.arrivals.settle()
        }
    }
}

import Addressing
import Interworking

/// Bounds how many users of the other shore a user of this one, and all users of a domain, begin to write to.
///
/// Who was written to within the last minute is written to freely. All others count for a minute that begins with the
/// first of them, once for each sender, so that a recipient whom two users of a domain write to counts twice for it.
/// Only hashes are kept: the memory is bounded, whatever long addresses come.
///
/// Source: XEP-0205 §4.6, §4.9.
struct RecipientPace {
    static let minute: UInt64 = 60_000_000_000
    /// Senders, and domains, that are remembered.
    static let senders = 20_000
    /// Senders with a recipient that are remembered; of one that is forgotten early the recipient counts again.
    static let pairs = 100_000

    /// What began in one minute.
    private struct Count {
        var start: UInt64
        var number = 0

        func isFull(_ limit: Int) -> Bool { limit > 0 && number >= limit }
    }

    private let perSender: Int
    private let perDomain: Int
    private var senders = Recent<Int, Count>(capacity: senders)
    private var domains = Recent<Int, Count>(capacity: senders)
    /// When a sender wrote to a recipient.
    private var written = Recent<Int, UInt64>(capacity: pairs)

    /// Knows nobody yet.
    ///
    /// - Parameters:
    ///   - perSender: distinct recipients of one sender in a minute; 0 for any number.
    ///   - perDomain: the same of all users of one domain.
    init(perSender: Int, perDomain: Int) {
        self.perSender = perSender
        self.perDomain = perDomain
    }

    /// Counts a recipient who was not written to lately.
    ///
    /// - Parameters:
    ///   - sender: who writes or asks.
    ///   - recipient: to whom.
    ///   - now: nanoseconds of a clock that never jumps.
    /// - Returns: whether it may be.
    mutating func mayPass(from sender: BareJID, to recipient: BareJID, now: UInt64) -> Bool {
        guard perSender > 0 || perDomain > 0 else { return true }
        var hasher = Hasher()
        hasher.combine(sender)
        hasher.combine(recipient)
        let pair = hasher.finalize()
        if let last = written[pair], now &- last < Self.minute { return true }
        var ofSender = Self.count(senders[sender.hashValue], now)
        var ofDomain = Self.count(domains[sender.domain.hashValue], now)
        // What one sender has too much of leaves the others of its domain their share.
        guard !ofSender.isFull(perSender), !ofDomain.isFull(perDomain) else { return false }
        ofSender.number += 1
        ofDomain.number += 1
        senders[sender.hashValue] = ofSender
        domains[sender.domain.hashValue] = ofDomain
        written[pair] = now
        return true
    }

    private static func count(_ known: Count?, _ now: UInt64) -> Count {
        known.flatMap { now &- $0.start < minute ? $0 : nil } ?? Count(start: now)
    }
}

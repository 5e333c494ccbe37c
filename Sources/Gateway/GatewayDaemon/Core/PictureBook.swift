import BridgeCore
import Interworking

/// The pictures that were fetched lately, and who waits for those that are being fetched.
///
/// A picture is fetched once for all watchers, and again when it is wanted after a while, since its address does not say
/// when it changes.
struct PictureBook {
    /// Bounds; times in milliseconds.
    struct Limits {
        /// Addresses of which something is known, each with a picture of 64 KiB at most.
        var addresses = 256
        /// Watches that wait for one picture.
        var waiting = 1_000
        /// How long an address is not asked again.
        var pause: Int64 = 3_600_000
        /// How many pictures that users of one domain name are fetched in one minute.
        var pace = 30
        /// Domains of which it is known how many were fetched.
        var domains = 1_000
    }

    /// What is known of a picture that somebody may see.
    struct Wanted: Equatable {
        /// The picture, when it is held.
        var picture: ContactPicture?
        /// Whether to fetch it.
        var isToBeFetched: Bool
        /// Whether it is being fetched, or would be if its domain's pace allowed it.
        var isAwaited: Bool
    }

    private struct Entry {
        var picture: ContactPicture?
        /// When it was asked last; nil when nothing came of that.
        var asked: Int64?
        var isOpen = false
        var waiting: [WatchKey] = []
    }

    /// What was fetched for the users of one domain in a minute.
    private struct Pace {
        var minute: Int64
        var count = 0
    }

    private let limits: Limits
    private var entries: Recent<String, Entry>
    private var paces: Recent<String, Pace>

    init(limits: Limits = Limits()) {
        self.limits = limits
        entries = Recent(capacity: limits.addresses)
        paces = Recent(capacity: limits.domains)
    }

    /// The picture at an address, when it is held; it is kept longer for being looked at.
    subscript(address: String) -> ContactPicture? {
        mutating get {
            guard let entry = entries[address] else { return nil }
            entries[address] = entry
            return entry.picture
        }
    }

    /// Somebody may see the picture at an address; while it is being fetched, the watch waits for it.
    ///
    /// - Parameters:
    ///   - address: where the picture is.
    ///   - key: the watch.
    ///   - domain: of whose user the picture is; beyond its pace the address is left for the next occasion.
    ///   - now: the time, in Unix milliseconds.
    /// - Returns: what is known of the picture, and what to do.
    mutating func want(_ address: String, for key: WatchKey, of domain: String, now: Int64) -> Wanted {
        let known = entries[address]
        var entry = known ?? Entry()
        let isDue = !entry.isOpen && (entry.asked.map { now - $0 >= limits.pause } ?? true)
        let isToBeFetched = isDue && mayFetch(of: domain, now: now)
        if isToBeFetched {
            entry.isOpen = true
            entry.asked = now
        }
        if entry.isOpen, entry.waiting.count < limits.waiting, !entry.waiting.contains(key) {
            entry.waiting.append(key)
        }
        // What is looked at is put in again, since only that keeps it.
        if entry.isOpen || known != nil { entries[address] = entry }
        return Wanted(picture: entry.picture, isToBeFetched: isToBeFetched, isAwaited: isDue || entry.isOpen)
    }

    /// Whether one more picture may be fetched for a domain in this minute, which is counted.
    private mutating func mayFetch(of domain: String, now: Int64) -> Bool {
        let minute = now / 60_000
        var pace = paces[domain] ?? Pace(minute: minute)
        if pace.minute != minute { pace = Pace(minute: minute) }
        guard pace.count < limits.pace else { return false }
        pace.count += 1
        paces[domain] = pace
        return true
    }

    /// An address was asked: with a picture as answer, or that there is none, or none at all.
    ///
    /// - Returns: the watches that waited.
    mutating func fetched(_ address: String, _ picture: ContactPicture?, isGone: Bool) -> [WatchKey] {
        guard var entry = entries[address] else { return [] }
        let waiting = entry.waiting
        // A web server that does not answer for a while takes nothing back.
        if picture != nil || isGone { entry.picture = picture }
        entry.isOpen = false
        entry.waiting = []
        entries[address] = entry
        return waiting
    }

    /// There was no room to ask an address: it is asked at the next occasion.
    ///
    /// Who waited waits no more, since telling it would be such an occasion.
    mutating func notAsked(_ address: String) {
        guard var entry = entries[address] else { return }
        entry.asked = nil
        entry.isOpen = false
        entry.waiting = []
        entries[address] = entry.picture == nil ? nil : entry
    }
}

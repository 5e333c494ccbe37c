/// What is remembered of domains' documents.
///
/// Source: RFC 7711 §6.
struct POSHMemory {
    /// What was learned of one domain.
    struct Entry {
        let outcome: Result<[POSHFingerprint], HTTPSFault>
        /// When it was learned, in nanoseconds of a monotonic clock.
        let since: UInt64
        /// Until when it counts.
        let until: UInt64
    }

    private let limit: Int
    private var entries: [String: Entry] = [:]

    init(limit: Int) { self.limit = limit }

    var count: Int { entries.count }

    /// What still counts.
    mutating func entry(_ domain: String, now: UInt64) -> Entry? {
        guard let entry = entries[domain] else { return nil }
        if entry.until > now { return entry }
        entries[domain] = nil
        return nil
    }

    /// Remembers; beyond the limit what would be forgotten first goes first.
    mutating func learned(_ domain: String, _ entry: Entry, now: UInt64) {
        guard limit > 0 else { return }
        if entries[domain] == nil, entries.count >= limit {
            entries = entries.filter { $0.value.until > now }
            if entries.count >= limit, let first = entries.min(by: { $0.value.until < $1.value.until }) {
                entries[first.key] = nil
            }
        }
        entries[domain] = entry
    }
}

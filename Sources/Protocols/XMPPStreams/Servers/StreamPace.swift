/// How much one stream may send: two buckets that fill with time and are emptied by bytes and stanzas.
///
/// A bucket holds what two seconds bring. Below nothing, reading pauses until it is level again; a peer that keeps it
/// there for longer than the limit allows breaks the rules.
///
/// Source: RFC 6120 §13.12, XEP-0205 §4.
struct StreamPace {
    /// Kept in billionths, so that every nanosecond fills by the rate.
    private var bytes: Int64
    private var stanzas: Int64
    private let byteRate: Int64
    private let stanzaRate: Int64
    private var filledAt: UInt64 = 0
    /// Since when it has been below nothing without a break.
    private(set) var shortSince: UInt64?

    private static let unit: Int64 = 1_000_000_000

    init(limits: StreamLimits) {
        byteRate = Int64(min(max(limits.bytesPerSecond, 1), 1 << 30))
        stanzaRate = Int64(min(max(limits.stanzasPerSecond, 1), 1 << 30))
        bytes = 2 * byteRate * Self.unit
        stanzas = 2 * stanzaRate * Self.unit
    }

    mutating func start(now: UInt64) { filledAt = now }

    mutating func take(bytes count: Int, now: UInt64) {
        fill(now)
        bytes -= Int64(min(count, 1 << 30)) * Self.unit
        note(now)
    }

    mutating func takeStanza(now: UInt64) {
        fill(now)
        stanzas -= Self.unit
        note(now)
    }

    /// When the buckets are level again; nil when they are.
    mutating func pause(now: UInt64) -> UInt64? {
        fill(now)
        note(now)
        let wait = max(Self.wait(bytes, byteRate), Self.wait(stanzas, stanzaRate))
        return wait == 0 ? nil : now.saturated(adding: wait)
    }

    private static func wait(_ level: Int64, _ rate: Int64) -> UInt64 {
        level >= 0 ? 0 : UInt64((-level + rate - 1) / rate)
    }

    private mutating func fill(_ now: UInt64) {
        guard now > filledAt else { return }
        // Past some seconds both are full whatever they held: at most the debt of one read has to be made up.
        let elapsed = Int64(min(now - filledAt, 2_000_000_000))
        filledAt = now
        bytes = min(bytes + elapsed * byteRate, 2 * byteRate * Self.unit)
        stanzas = min(stanzas + elapsed * stanzaRate, 2 * stanzaRate * Self.unit)
    }

    private mutating func note(_ now: UInt64) {
        if bytes >= 0 && stanzas >= 0 {
            // Half full again counts as a break.
            if bytes >= byteRate * Self.unit && stanzas >= stanzaRate * Self.unit { shortSince = nil }
        } else if shortSince == nil {
            shortSince = now
        }
    }
}

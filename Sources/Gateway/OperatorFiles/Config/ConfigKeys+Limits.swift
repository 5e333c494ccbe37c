extension ConfigKeys {
    private static let second = 1_000
    private static let day = 86_400 * second

    /// The bounds; their defaults are those of the parts they bind.
    static let limits: ConfigShape = .section([
        ConfigKey("items", count(10_000_000), "Items on their way in all.", standard: "100000"),
        ConfigKey("bytes", size(1 << 20...64 << 30), "Bytes of items on their way in all.", standard: "64MiB"),
        ConfigKey("items-per-hop", count(10_000_000), "Items for one neighbor.", standard: "50000"),
        ConfigKey("items-per-pair", count(1_000_000), "Items between two addresses.", standard: "5000"),
        ConfigKey("open-per-hop", count(100_000), "Open requests to one neighbor.", standard: "2000"),
        ConfigKey(
            "deadline",
            time(second...30 * day),
            "How long an item may wait before it fails and its sender is told.",
            standard: "24h"
        ),
        ConfigKey(
            "duplicate-window",
            time(32 * second...day),
            "How long a duplicate is recognized; at least 64*T1 (RFC 3261 §17.1.2.2).",
            standard: "10min"
        ),
        ConfigKey(
            "tell-pause",
            time(second...day),
            "The least time between two notices of failure to one sender.",
            standard: "60s"
        ),
        ConfigKey("first-pause", time(1...day), "The first pause after a neighbor's fault.", standard: "1s"),
        ConfigKey("longest-pause", time(1...day), "The longest pause after faults.", standard: "60s"),
        ConfigKey("attempts", count(100), "Attempts of an item at fault itself.", standard: "8"),
        ConfigKey(
            "retry-after",
            time(second...day),
            "What a full queue tells its sender to wait; whole seconds count.",
            standard: "10s"
        ),
        ConfigKey("connections", count(100_000), "Open SIP connections in all.", standard: "1000"),
        ConfigKey(
            "connection-idle",
            time(second...day),
            "When an idle SIP connection is closed; whole seconds count.",
            standard: "10min"
        ),
        ConfigKey(
            "sip-message",
            size(1_300...largestMessage),
            "The largest SIP message over a connection.",
            standard: "1MiB"
        ),
        ConfigKey(
            "stanza",
            size(10_000...largestStanza),
            "The largest stanza that is read; never below 10000 bytes (RFC 6120 §13.12).",
            standard: "256KiB"
        ),
        ConfigKey(
            "stanza-depth",
            .scalar(.integer(8...250)),
            "The deepest nesting of a stanza that is read.",
            standard: "64"
        ),
    ])

    private static func count(_ most: Int) -> ConfigShape { .scalar(.integer(1...most)) }
    private static func size(_ range: ClosedRange<Int>) -> ConfigShape { .scalar(.size(range)) }
    private static func time(_ range: ClosedRange<Int>) -> ConfigShape { .scalar(.duration(range)) }
}

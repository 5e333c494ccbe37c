extension ConfigKeys {
    private static let second = 1_000
    private static let day = 86_400 * second

    /// The bounds; their defaults are those of the parts they bind.
    static let limits: ConfigShape = .section(ownLimits + serverLimits)

    private static let ownLimits = [
        ConfigKey("items", count(10_000_000), "Items on their way in all.", standard: "100000"),
        ConfigKey("bytes", size(1 << 20...64 << 30), "Bytes of items on their way in all.", standard: "64MiB"),
        ConfigKey("items-per-hop", count(10_000_000), "Items for one neighbor.", standard: "50000"),
        ConfigKey("items-per-pair", count(1_000_000), "Items between two addresses.", standard: "5000"),
        ConfigKey(
            "reports-per-server",
            count(1_000_000),
            "Reports of failures for one other server, which anybody can make the gateway store.",
            standard: "5000"
        ),
        ConfigKey("open-per-hop", count(100_000), "Open requests to one neighbor.", standard: "2000"),
        ConfigKey(
            "deadline",
            time(second...30 * day),
            "How long an item may wait before it fails and its sender is told.",
            standard: "24h"
        ),
        ConfigKey(
            "receipt-deadline",
            time(second...30 * day),
            "How long a receipt may wait before it is given up; nobody is told.",
            standard: "24h"
        ),
        ConfigKey(
            "receipt-lifetime",
            time(60 * second...366 * day),
            "How long a receipt of a message is awaited (RFC 5438 §7.1.3).",
            standard: "30d"
        ),
        ConfigKey(
            "receipts",
            count(10_000_000),
            "Messages of which receipts are awaited, in all; beyond it the oldest are forgotten.",
            standard: "100000"
        ),
        ConfigKey(
            "receipts-per-pair",
            count(10_000),
            "The same from one user to another.",
            standard: "64"
        ),
        ConfigKey(
            "composing",
            count(1_000_000),
            "Users of each shore who are followed while they write (RFC 3994 §3.2).",
            standard: "10000"
        ),
        ConfigKey("held", count(1_000_000), "Messages that are held in all.", standard: "10000"),
        ConfigKey(
            "held-bytes",
            size(1 << 10...64 << 30),
            "Bytes of messages that are held in all.",
            standard: "64MiB"
        ),
        ConfigKey(
            "held-deadline",
            time(second...30 * day),
            "How long a message is held before it fails and its sender is told.",
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
        ConfigKey(
            "recipients-per-sender",
            .scalar(.integer(0...1_000_000)),
            "SIP users whom one XMPP user begins to write to or to watch in a minute; 0 for any number.",
            standard: "100"
        ),
        ConfigKey(
            "recipients-per-domain",
            .scalar(.integer(0...10_000_000)),
            "The same of all users of one XMPP domain (XEP-0205 §4.6).",
            standard: "100000"
        ),
        ConfigKey(
            "learned-addresses",
            count(10_000_000),
            "Addresses learned of the users of one SIP domain: those that no rule leads back to.",
            standard: "100000"
        ),
        ConfigKey("subscriptions", count(10_000_000), "Watches of presence in all.", standard: "200000"),
        ConfigKey(
            "subscriptions-per-peer",
            count(10_000_000),
            "Subscriptions that one SIP domain may hold.",
            standard: "10000"
        ),
        ConfigKey(
            "publications-per-peer",
            count(10_000_000),
            "Publications that the users of one SIP domain may hold (RFC 3903 §14.2).",
            standard: "10000"
        ),
        ConfigKey("publications-per-user", count(1_000), "Publications that one SIP user may hold.", standard: "16"),
        ConfigKey(
            "publication",
            size(1_024...256 << 10),
            "Bytes of one document that a SIP user publishes.",
            standard: "256KiB"
        ),
        ConfigKey(
            "publication-depth",
            .scalar(.integer(8...250)),
            "The deepest nesting of such a document.",
            standard: "64"
        ),
        ConfigKey(
            "publication-bytes",
            size(1 << 20...64 << 30),
            "Bytes of all published documents.",
            standard: "64MiB"
        ),
        ConfigKey(
            "publication-bytes-per-peer",
            size(1_024...64 << 30),
            "Bytes of the documents of the users of one SIP domain.",
            standard: "32MiB"
        ),
        ConfigKey(
            "publication-bytes-per-user",
            size(1_024...64 << 20),
            "Bytes of the documents of one SIP user.",
            standard: "1MiB"
        ),
        ConfigKey(
            "composed-bytes",
            size(1 << 20...64 << 30),
            "Bytes of what published documents tell watchers; beyond it devices have no words.",
            standard: "64MiB"
        ),
        ConfigKey(
            "composed-bytes-per-peer",
            size(1_024...64 << 30),
            "The same of the users of one SIP domain.",
            standard: "32MiB"
        ),
        ConfigKey("composed-bytes-per-user", size(1_024...64 << 20), "The same of one SIP user.", standard: "4MiB"),
        ConfigKey(
            "subscriptions-per-watcher",
            count(1_000_000),
            "Watches of one user, and subscriptions of a SIP user.",
            standard: "1000"
        ),
        ConfigKey(
            "subscriptions-undecided",
            count(1_000_000),
            "Watches that wait for a decision, in all.",
            standard: "20000"
        ),
        ConfigKey(
            "subscription-minimum",
            time(second...3_600 * second),
            "The briefest subscription that is granted (RFC 6665 §4.2.1.1); whole seconds count.",
            standard: "60s"
        ),
        ConfigKey(
            "subscription-maximum",
            time(60 * second...30 * day),
            "The longest subscription that is granted, and what is asked for; whole seconds count.",
            standard: "1h"
        ),
        ConfigKey(
            "subscriptions-per-second",
            count(100_000),
            "Subscriptions that are made, renewed or told of in a second after a start.",
            standard: "200"
        ),
        ConfigKey(
            "probes-per-second",
            count(100_000),
            "Users who are asked in a second: for their presence, or whether they exist (RFC 8048 §8.1).",
            standard: "20"
        ),
        ConfigKey(
            "presence-bytes",
            size(1 << 20...64 << 30),
            "Bytes of what users say in their presence; beyond it their words are not kept.",
            standard: "256MiB"
        ),
        ConfigKey(
            "presence-pace",
            time(0...3_600 * second),
            "The least time between two states of one user for one watcher (RFC 3856 §6.10).",
            standard: "5s"
        ),
        ConfigKey(
            "transactions",
            count(10_000_000),
            "Live SIP transactions each way; one over UDP lives for 32 s (RFC 3261 §17.2.2).",
            standard: "200000"
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
    ]

    private static func count(_ most: Int) -> ConfigShape { .scalar(.integer(1...most)) }
    private static func size(_ range: ClosedRange<Int>) -> ConfigShape { .scalar(.size(range)) }
    private static func time(_ range: ClosedRange<Int>) -> ConfigShape { .scalar(.duration(range)) }
}

extension ConfigKeys {
    private static let second = 1_000
    private static let minute = 60 * second
    private static let hour = 60 * minute
    private static let day = 24 * hour

    /// The bounds of streams between servers.
    static let serverLimits: [ConfigKey] = serverBounds + streamLimits + managementLimits

    private static let serverBounds = [
        ConfigKey("server-connections", count(1_000_000), "Connections from other servers, in all.", standard: "10000"),
        ConfigKey(
            "server-connections-per-address",
            count(1_000_000),
            "Such connections from one address, or one IPv6 network of 64 bits.",
            standard: "1000"
        ),
        ConfigKey(
            "server-strangers-per-address",
            count(1_000_000),
            "Those of them that have proved no domain.",
            standard: "50"
        ),
        ConfigKey(
            "server-strangers-per-minute",
            count(1_000_000),
            "Connections from one address in one minute that prove no domain.",
            standard: "60"
        ),
        ConfigKey(
            "server-streams-per-pair",
            count(1_000),
            "Streams that peers open for one pair of domains; the oldest makes room.",
            standard: "3"
        ),
        ConfigKey("server-routes", count(1_000_000), "Pairs of domains with streams.", standard: "10000"),
        ConfigKey("server-connecting", count(100_000), "Connections that are opened at one time.", standard: "200"),
        ConfigKey(
            "server-verifications",
            count(100_000),
            "Questions about dialback keys that are open at one time.",
            standard: "1000"
        ),
        ConfigKey(
            "server-verifications-per-address",
            count(100_000),
            "Those of them that connections from one address brought up.",
            standard: "20"
        ),
        ConfigKey(
            "server-search",
            time(second...hour),
            "How long a stream to a domain is looked for, whatever many servers it names.",
            standard: "60s"
        ),
        ConfigKey(
            "server-answers",
            time(second...hour),
            "How long the answers about dialback keys may take.",
            standard: "40s"
        ),
        ConfigKey(
            "server-waiting",
            count(1_000_000),
            "Stanzas of a pair of domains that wait for a stream, beside what is stored.",
            standard: "1000"
        ),
        ConfigKey("server-waiting-bytes", size(10_000...1 << 30), "Bytes of them.", standard: "1MiB"),
        ConfigKey(
            "server-patience",
            time(second...30 * day),
            "After what time without a stream what waits fails.",
            standard: "1h"
        ),
        ConfigKey(
            "server-first-pause",
            time(1...day),
            "The first pause after a failed connection; each doubles.",
            standard: "2s"
        ),
        ConfigKey("server-longest-pause", time(1...day), "The longest of these pauses.", standard: "60s"),
    ]

    private static let streamLimits = [
        ConfigKey(
            "stream-negotiation",
            time(second...10 * minute),
            "From a connection until a domain is proved.",
            standard: "30s"
        ),
        ConfigKey("stream-step", time(second...10 * minute), "Each step of it.", standard: "10s"),
        ConfigKey(
            "stream-verification",
            time(second...10 * minute),
            "Until an authoritative server has answered for a domain (XEP-0220 §2.1).",
            standard: "30s"
        ),
        ConfigKey(
            "stream-closing",
            time(second...minute),
            "Until the peer has closed its side too (RFC 6120 §4.4).",
            standard: "5s"
        ),
        ConfigKey(
            "stream-white-space",
            time(second...day),
            "Silence before white space is sent (RFC 6120 §4.6.1).",
            standard: "5min"
        ),
        ConfigKey(
            "stream-ping",
            time(second...day),
            "Silence of a peer before it is asked whether it lives (XEP-0199).",
            standard: "10min"
        ),
        ConfigKey("stream-answer", time(second...10 * minute), "Until it has answered.", standard: "30s"),
        ConfigKey(
            "stream-idle",
            time(minute...30 * day),
            "How long a stream that the gateway opened stays without stanzas.",
            standard: "1h"
        ),
        ConfigKey(
            "stranger-stanza",
            size(1_024...64 << 10),
            "The largest element before a domain is proved.",
            standard: "16KiB"
        ),
        ConfigKey("stream-pairs", count(10_000), "Pairs of domains on one stream (XEP-0220 §2.6).", standard: "50"),
        ConfigKey(
            "stream-verifications",
            count(10_000),
            "Domains of one stream whose proof is open at one time.",
            standard: "20"
        ),
        ConfigKey("dialback-key", size(64...16 << 10), "The longest dialback key.", standard: "1KiB"),
        ConfigKey(
            "stream-attempts",
            .scalar(.integer(2...5)),
            "How often a peer may fail to authenticate (RFC 6120 §6.4.5).",
            standard: "3"
        ),
        ConfigKey(
            "stream-redirects",
            .scalar(.integer(0...10)),
            "How many hosts in a row may name another (RFC 6120 §4.9.3.19).",
            standard: "3"
        ),
        ConfigKey(
            "stream-bytes-per-second",
            size(10_000...1 << 30),
            "What one stream takes in a second, for long.",
            standard: "1MiB"
        ),
        ConfigKey("stream-stanzas-per-second", count(1_000_000), "Stanzas that it takes.", standard: "500"),
        ConfigKey(
            "stream-patience",
            time(second...day),
            "How long a peer may send more than that without a break.",
            standard: "60s"
        ),
    ]

    private static let managementLimits = [
        ConfigKey(
            "unacknowledged",
            count(1_000_000),
            "Stanzas of a stream that wait for an acknowledgement (XEP-0198 §4).",
            standard: "500"
        ),
        ConfigKey("unacknowledged-bytes", size(10_000...1 << 30), "Bytes of them.", standard: "1MiB"),
        ConfigKey("acknowledgement-batch", count(10_000), "Stanzas between two requests for one.", standard: "50"),
        ConfigKey(
            "acknowledgement-patience",
            time(second...10 * minute),
            "How long a peer may owe one.",
            standard: "30s"
        ),
        ConfigKey(
            "resumption",
            time(second...5 * minute),
            "How long a broken stream may be resumed (XEP-0198 §5).",
            standard: "5min"
        ),
    ]

    private static func count(_ most: Int) -> ConfigShape { .scalar(.integer(1...most)) }
    private static func size(_ range: ClosedRange<Int>) -> ConfigShape { .scalar(.size(range)) }
    private static func time(_ range: ClosedRange<Int>) -> ConfigShape { .scalar(.duration(range)) }
}

/// Every key of the configuration file.
enum ConfigKeys {
    /// No stanza, in bytes, is larger.
    static let largestStanza = 16 << 20
    /// No SIP message, in bytes, is larger.
    static let largestMessage = 64 << 20

    static let file: ConfigShape = .section([
        ConfigKey("gateway", gateway, "The gateway itself.", required: true),
        ConfigKey("domains", domains, "Whose users live on which shore.", required: true),
        ConfigKey("xmpp", xmpp, "The links to XMPP servers.", required: true),
        ConfigKey("sip", sip, "The SIP side.", required: true),
        ConfigKey("audit", audit, "What the record of crossings keeps."),
        ConfigKey("limits", limits, "Bounds; a full queue refuses with an error, never in silence."),
        ConfigKey("log", log, "What the daemon says about itself."),
        ConfigKey(
            "dns",
            dns,
            "How the servers of domains are found; without this section as the system finds them.",
            optional: true
        ),
        .planned("msrp"),
        .planned("admin"),
    ])

    private static let gateway: ConfigShape = .section([
        ConfigKey(
            "name",
            .scalar(.domain),
            "The host name of this gateway, in Via headers, records and errors.",
            example: "gw.example.net",
            required: true
        ),
        ConfigKey(
            "state",
            .scalar(.path),
            "The directory of the store; made with mode 0700 when it is missing.",
            standard: "./state"
        ),
        ConfigKey(
            "mappings",
            .scalar(.path),
            "The directory of the mapping tables.",
            standard: "../Mappings"
        ),
    ])

    private static let domains: ConfigShape = .section([
        ConfigKey(
            "xmpp",
            .table(nameOf: "domain", .domain, .section([])),
            "Users of these domains live on the XMPP shore.",
            example: "example.com",
            required: true
        ),
        ConfigKey(
            "cpim",
            .table(
                nameOf: "domain",
                .domain,
                .section([
                    ConfigKey(
                        "next-hop",
                        .scalar(.nextHop),
                        "Where requests for the domain go: an address, with transport udp or tcp.",
                        example: "\"sip:127.0.0.1:5070;transport=udp\"",
                        required: true
                    ),
                    ConfigKey("via", .scalar(.choice(["sip"])), "The protocol spoken there.", standard: "sip"),
                    ConfigKey(
                        "congestion-safe",
                        .scalar(.choice(["yes", "no"])),
                        "Whether every hop behind it controls congestion, so that large messages may go (RFC 3428 §8).",
                        standard: "no"
                    ),
                    ConfigKey(
                        "largest-message",
                        .scalar(.size(1_300...ConfigKeys.largestMessage)),
                        "The largest request that goes to a congestion-safe next hop.",
                        standard: "64KiB"
                    ),
                ])
            ),
            "Users of these domains live on the CPIM shore.",
            example: "example.net",
            required: true
        ),
    ])

    private static let xmpp: ConfigShape = .section([
        ConfigKey(
            "components",
            .list(
                .section([
                    ConfigKey(
                        "domain",
                        .scalar(.domain),
                        "The component's domain; users of the CPIM shore appear under it.",
                        example: "example.net",
                        required: true
                    ),
                    ConfigKey(
                        "connect",
                        .scalar(.endpoint),
                        "The component port of the XMPP server.",
                        example: "\"127.0.0.1:5347\"",
                        required: true
                    ),
                    ConfigKey(
                        "secret-file",
                        .scalar(.path),
                        "A file with the secret that the server shares with the component.",
                        example: "component.secret"
                    ),
                    ConfigKey(
                        "secret-environment",
                        .scalar(.text),
                        "The name of an environment variable with the secret, instead of the file.",
                        example: "COMPONENT_SECRET",
                        alternative: true
                    ),
                    ConfigKey(
                        "largest-stanza",
                        .scalar(.size(10_000...ConfigKeys.largestStanza)),
                        "The largest stanza that the server takes (RFC 6120 §13.12).",
                        standard: "256KiB"
                    ),
                ])
            ),
            "Components of existing servers (XEP-0114); without server: there must be one."
        ),
        ConfigKey(
            "server",
            server,
            "Streams to other servers (RFC 6120), for the domains without a component; without this section none.",
            optional: true
        ),
        ConfigKey(
            "contacts",
            contacts,
            "Whom users turn to, as URIs that each domain of the gateway tells whoever asks (XEP-0157 §3).",
            optional: true
        ),
    ])

    private static let contacts: ConfigShape = .section([
        contact("abuse", "For reports of abuse."),
        contact("admin", "For those who run other services."),
        contact("security", "For reports about security."),
        contact("support", "For users who need help."),
    ])

    private static func contact(_ name: String, _ about: String) -> ConfigKey {
        let example = "[\"mailto:\(name)@example.net\", \"xmpp:\(name)@example.net\"]"
        return ConfigKey(name, .list(.scalar(.uri)), about, example: example)
    }

    private static let sip: ConfigShape = .section([
        ConfigKey(
            "listen",
            .list(.scalar(.listener)),
            "Where SIP requests arrive.",
            example: "[\"udp:127.0.0.1:5060\", \"tcp:127.0.0.1:5060\"]",
            required: true
        ),
        ConfigKey(
            "trusted",
            .list(
                .section([
                    ConfigKey(
                        "address",
                        .scalar(.address),
                        "The sender's address.",
                        example: "127.0.0.1",
                        required: true
                    ),
                    ConfigKey(
                        "domains",
                        .list(.scalar(.domain)),
                        "The domains that it may speak for.",
                        example: "[example.net]",
                        required: true
                    ),
                    ConfigKey(
                        "intermediary",
                        .scalar(.choice(["yes", "no"])),
                        "Whether it is a proxy whose P-Asserted-Identity of these domains is believed (RFC 3325 §4).",
                        standard: "no"
                    ),
                ])
            ),
            "Who may send requests, and for whom; everybody else is refused."
        ),
        .planned("certificate"),
        .planned("key"),
    ])

    private static let audit: ConfigShape = .section([
        ConfigKey(
            "bodies",
            .scalar(.choice(["metadata", "digest", "content"])),
            "What is kept of a text: nothing, a keyed digest, or that and ciphertext.",
            standard: "digest"
        ),
        ConfigKey(
            "retention",
            .list(
                .section([
                    ConfigKey(
                        "domain",
                        .scalar(.domain),
                        "The domain of one of both users; without it all.",
                        example: "example.net",
                        alternative: true
                    ),
                    ConfigKey(
                        "kind",
                        .scalar(.choice(["text", "digest"])),
                        "What the rule is about; without it both. A digest stays as long as its text.",
                        example: "text",
                        alternative: true
                    ),
                    ConfigKey(
                        "days",
                        .scalar(.integer(1...36_500)),
                        "Whole UTC days after that of the acceptance.",
                        example: "365",
                        required: true
                    ),
                ])
            ),
            "How long what is kept of texts stays; the first rule that matches decides, and a legal hold goes before.",
            alternative: true
        ),
        ConfigKey(
            "folder",
            .scalar(.path),
            "The folder of the log's files; without it audit in the state directory.",
            example: "./state/audit",
            alternative: true
        ),
        ConfigKey(
            "signing-key",
            .scalar(.path),
            "The Ed25519 key that signs checkpoints, in PEM; without it audit.key in the state directory, made once.",
            example: "./state/audit.key",
            alternative: true
        ),
        ConfigKey(
            "checkpoints-to",
            .list(.scalar(.checkpointPlace)),
            "Where checkpoints go beside the folder, out of reach of whoever changes the log.",
            example: "[\"file:/mnt/elsewhere/checkpoints\", syslog, \"https://witness.example/log\"]",
            alternative: true
        ),
        ConfigKey(
            "witness-trust",
            .scalar(.path),
            "Authorities, in PEM, that vouch for the https servers among those places; without it the system's.",
            example: "./witness-ca.pem",
            alternative: true
        ),
        ConfigKey(
            "largest-lag",
            .scalar(.integer(1...100_000_000)),
            "How many records may be stored and not yet lie in the files.",
            standard: "100000"
        ),
        ConfigKey(
            "when-behind",
            .scalar(.choice(["refuse", "go-on"])),
            "What happens to messages while more are missing, unless their route says (audit.behind).",
            standard: "refuse"
        ),
    ])

    private static let log: ConfigShape = .section([
        ConfigKey(
            "level",
            .scalar(.choice(["trace", "debug", "info", "notice", "warning", "error"])),
            "The least severe line that is written.",
            standard: "notice",
            effect: .reload
        ),
        ConfigKey("format", .scalar(.choice(["text", "json"])), "The form of a line.", standard: "text"),
    ])
}

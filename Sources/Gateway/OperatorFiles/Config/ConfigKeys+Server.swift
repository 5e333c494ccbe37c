extension ConfigKeys {
    private static let authentication: ConfigScalar = .choice(["pkix", "pkix-or-dialback", "dialback"])
    private static let encryption: ConfigScalar = .choice(["required", "optional"])
    private static let yesOrNo: ConfigShape = .scalar(.choice(["yes", "no"]))

    /// Streams to and from other servers.
    ///
    /// Source: RFC 6120 §4.
    static let server: ConfigShape = .section([
        ConfigKey(
            "listen",
            .list(.scalar(.socket)),
            "Where servers connect that negotiate TLS (RFC 6120 §5).",
            example: "[\"[::]:5269\"]"
        ),
        ConfigKey(
            "direct-tls",
            .list(.scalar(.socket)),
            "Where servers connect that begin with TLS (XEP-0368).",
            example: "[\"[::]:5270\"]"
        ),
        ConfigKey(
            "certificate",
            .scalar(.path),
            "The certificate for the served domains and its chain, in PEM; SIGHUP reads the file again.",
            example: "server.pem",
            required: true
        ),
        ConfigKey(
            "key",
            .scalar(.path),
            "Its private key, in PEM and not encrypted; read again with it.",
            example: "server.key",
            required: true
        ),
        ConfigKey(
            "trust",
            .scalar(.path),
            "The authorities that are believed, in PEM, read again too; without it those of the system.",
            example: "ca.pem",
            alternative: true
        ),
        ConfigKey(
            "authentication",
            .scalar(authentication),
            "What proves a domain: a certificate, or dialback (XEP-0220).",
            standard: "pkix-or-dialback"
        ),
        ConfigKey(
            "encryption",
            .scalar(encryption),
            "Whether streams must be encrypted (RFC 7590 §3.4).",
            standard: "required"
        ),
        ConfigKey(
            "dane",
            yesOrNo,
            "Whether TLSA records that DNSSEC proves decide (RFC 7673); needs dns: trust-anchor-file.",
            standard: "yes"
        ),
        ConfigKey(
            "posh",
            yesOrNo,
            "Whether a domain's web server is asked for what nothing else proves (RFC 7711).",
            standard: "no"
        ),
        ConfigKey("bidi", yesOrNo, "Whether one stream carries both directions (XEP-0288).", standard: "no"),
        ConfigKey("acknowledgements", yesOrNo, "Whether stanzas are acknowledged (XEP-0198).", standard: "yes"),
        ConfigKey(
            "strangers",
            .scalar(.choice(["accept", "refuse"])),
            "Whether XMPP domains are served that are not under domains: xmpp:.",
            standard: "refuse"
        ),
        ConfigKey(
            "refused",
            .list(.scalar(.domain)),
            "Domains that are never served.",
            example: "[bad.example]",
            alternative: true
        ),
        ConfigKey(
            "dialback-secret-file",
            .scalar(.path),
            "A file with the secret that dialback keys are made of, where several gateways share one (XEP-0185).",
            example: "dialback.secret",
            alternative: true
        ),
        ConfigKey(
            "dialback-secret-environment",
            .scalar(.text),
            "The name of an environment variable with it, instead; without both it comes from the store's secret.",
            example: "DIALBACK_SECRET",
            alternative: true
        ),
        ConfigKey(
            "peers",
            .table(
                nameOf: "domain",
                .domain,
                .section([
                    ConfigKey(
                        "authentication",
                        .scalar(authentication),
                        "What proves this domain; without it what proves all.",
                        example: "pkix",
                        alternative: true
                    ),
                    ConfigKey(
                        "encryption",
                        .scalar(encryption),
                        "Whether its streams must be encrypted; without it as for all.",
                        example: "required",
                        alternative: true
                    ),
                    ConfigKey(
                        "connect",
                        .scalar(.endpoint),
                        "Its server; without it the DNS names it.",
                        example: "\"127.0.0.1:5269\"",
                        alternative: true
                    ),
                    ConfigKey("direct-tls", yesOrNo, "Whether TLS begins at once there.", standard: "no"),
                    ConfigKey(
                        "certificate-sha256",
                        .list(.scalar(.fingerprint)),
                        "Certificates that prove it beside what else does, by the SHA-256 of their DER form.",
                        example: "[\"\(String(repeating: "0f", count: 32))\"]",
                        alternative: true
                    ),
                ])
            ),
            "Domains for which something else holds.",
            example: "example.com"
        ),
    ])

    /// How names are found.
    static let dns: ConfigShape = .section([
        ConfigKey(
            "servers",
            .list(.scalar(.nameServer)),
            "The DNS servers that are asked; without it those of the system.",
            example: "[\"127.0.0.1:53\"]",
            alternative: true
        ),
        ConfigKey(
            "trust-anchor-file",
            .scalar(.path),
            "DNSSEC trust anchors, as DS or DNSKEY records; without it no answer counts as secure.",
            example: "root.key",
            alternative: true
        ),
        ConfigKey(
            "allow-addresses",
            .list(.scalar(.addressBlock)),
            "Loopback, link-local and other special addresses that the DNS may name for a domain nevertheless.",
            example: "[\"127.0.0.0/8\"]",
            alternative: true
        ),
    ])
}

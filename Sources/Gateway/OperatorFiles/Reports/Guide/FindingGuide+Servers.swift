extension FindingGuide {
    /// What a configuration says of streams between servers.
    static let servers = [
        Entry(
            "no-listener",
            "A server listens nowhere.",
            example: """
                isthmus.yaml:8:11: error: no server can connect to the gateway [no-listener]
                     8 |   server: {certificate: a, key: b}
                       |           ^
                  help: add listen: or direct-tls: with an address and port
                """,
            mend: "add `listen`."
        ),
        Entry(
            "server-without-domain",
            "A server serves no domain, since all are served by components.",
            example: """
                isthmus.yaml:8:11: error: every domain of the CPIM shore has a component, so that streams to servers have none to serve [server-without-domain]
                     8 |   server: {listen: ["[::]:5269"], certificate: a, key: b}
                       |           ^
                  help: remove the component of a domain that is to be served by server:, or remove server:
                """,
            mend: "remove the one or the other."
        ),
        Entry(
            "own-domain",
            "A peer is one of the domains that the gateway serves itself.",
            example: """
                isthmus.yaml:8:67: error: "example.net" is a domain of the CPIM shore, which the gateway itself serves [own-domain]
                     8 |   server: {listen: ["[::]:5269"], certificate: a, key: b, peers: {example.net: {}}}
                       |                                                                   ^~~~~~~~~~~
                  help: name domains of other servers here
                """,
            mend: "remove it."
        ),
        Entry(
            "refused-domain",
            "A domain is refused that is named to be served.",
            example: """
                isthmus.yaml:8:69: error: "example.com" is refused, and named under domains: xmpp: too [refused-domain]
                     8 |   server: {listen: ["[::]:5269"], certificate: a, key: b, refused: [example.com]}
                       |                                                                     ^~~~~~~~~~~
                  help: remove it from one of the two
                """,
            mend: "remove it from one of the two lists."
        ),
        Entry(
            "dialback-secret",
            "The secret of dialback has two places.",
            example: """
                isthmus.yaml:8:113: error: the secret of dialback has two places [dialback-secret]
                     8 |   server: {listen: ["[::]:5269"], certificate: a, key: b, dialback-secret-file: c, dialback-secret-environment: D}
                       |                                                                                                                 ^
                  help: remove dialback-secret-file or dialback-secret-environment
                """,
            mend: "leave one of them."
        ),
        Entry(
            "direct-tls-alone",
            "`direct-tls` of a peer does nothing without `connect`.",
            example: """
                isthmus.yaml:8:93: error: direct-tls says how TLS begins at connect:, which is missing [direct-tls-alone]
                     8 |   server: {listen: ["[::]:5269"], certificate: a, key: b, peers: {example.com: {direct-tls: yes}}}
                       |                                                                                             ^~~
                  help: add connect: with the server's host and port, or remove direct-tls: the DNS says it
                """,
            mend: "add `connect`, or remove it."
        ),
        Entry(
            "encryption-optional",
            "A warning: other servers may send without encryption.",
            example: """
                isthmus.yaml:8:71: warning: stanzas may cross the network in clear, where anybody can read and change them [encryption-optional]
                     8 |   server: {listen: ["[::]:5269"], certificate: a, key: b, encryption: optional}
                       |                                                                       ^~~~~~~~
                  help: write encryption: required, and optional only for a peer that cannot do TLS
                """,
            mend: "remove the key, so that TLS is demanded."
        ),
        Entry(
            "dialback-alone",
            "A warning: names of other servers are proved by DNS alone.",
            example: """
                isthmus.yaml:8:75: warning: a server is believed without a valid certificate, by whoever controls the DNS or the way to it [dialback-alone]
                     8 |   server: {listen: ["[::]:5269"], certificate: a, key: b, authentication: dialback}
                       |                                                                           ^~~~~~~~
                  help: write pkix-or-dialback, and dialback only for a peer that has no valid certificate
                """,
            mend: "take `pkix-or-dialback`."
        ),
        Entry(
            "strangers-accepted",
            "A warning: servers that prove nothing are let in.",
            example: """
                isthmus.yaml:8:70: warning: users of every XMPP domain may write to the CPIM shore [strangers-accepted]
                     8 |   server: {listen: ["[::]:5269"], certificate: a, key: b, strangers: accept}
                       |                                                                      ^~~~~~
                  help: name the domains under domains: xmpp: and write refuse, or keep out single ones with refused:
                """,
            mend: "remove the key."
        ),
        Entry(
            "peer-weakened",
            "A warning: less is demanded of one peer than of all others.",
            example: """
                isthmus.yaml:8:93: warning: stanzas to and from example.com may cross the network in clear [peer-weakened]
                     8 |   server: {listen: ["[::]:5269"], certificate: a, key: b, peers: {example.com: {encryption: optional}}}
                       |                                                                                             ^~~~~~~~
                  help: remove this unless the peer cannot do TLS and the way to it is safe
                """,
            mend: "remove the key when the peer has a certificate."
        ),
    ]
}

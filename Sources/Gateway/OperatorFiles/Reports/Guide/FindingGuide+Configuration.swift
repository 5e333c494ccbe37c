extension FindingGuide {
    /// What a configuration says.
    static let configuration = Chapter(
        title: "Configuration",
        about: "",
        entries: sections + servers
    )

    /// All but what is said of streams between servers.
    private static let sections = [
        Entry(
            "unknown-key",
            "A section has no such key.",
            example: """
                isthmus.yaml:1:33: error: "mapings" is not a key of this section [unknown-key]
                     1 | gateway: {name: gw.example.net, mapings: ../Mappings}
                       |                                 ^~~~~~~
                  help: did you mean "mappings"? known keys: name, state, mappings
                """,
            mend: "correct the name; the nearest known key stands in the help."
        ),
        Entry(
            "missing-key",
            "A key that is needed is missing.",
            example: """
                isthmus.yaml:1:10: error: the key "name" is missing [missing-key]
                     1 | gateway: {}
                       |          ^
                  help: The host name of this gateway, in Via headers, records and errors. Example: name: gw.example.net
                """,
            mend: "add it as the help shows; `isthmus describe config` prints a whole file."
        ),
        Entry(
            "wrong-value",
            "A value cannot stand there.",
            example: """
                isthmus.yaml:11:12: error: "sctp:127.0.0.1:5060" is not a transport, address and port [wrong-value]
                    11 |   listen: ["sctp:127.0.0.1:5060"]
                       |            ^~~~~~~~~~~~~~~~~~~~~
                  help: expected TRANSPORT:ADDRESS:PORT such as "udp:127.0.0.1:5060" or "tcp:[::]:5060"
                """,
            mend: "write it as the help shows, with its unit where one is needed."
        ),
        Entry(
            "empty",
            "A list or section that needs something has nothing.",
            example: """
                isthmus.yaml:11:11: error: the list is empty [empty]
                    11 |   listen: []
                       |           ^
                  help: name at least one, or remove the key
                """,
            mend: "add what is needed, or remove the key."
        ),
        Entry(
            "not-supported",
            "The key belongs to something that this version does not do.",
            example: """
                isthmus.yaml:14:1: error: "msrp" is not supported yet [not-supported]
                    14 | msrp: {listen: ["tls:[::]:2855"]}
                       | ^~~~
                  help: remove the key
                """,
            mend: "remove it."
        ),
        Entry(
            "secret-in-file",
            "A secret stands in the configuration itself, where backups and tickets carry it away.",
            example: """
                isthmus.yaml:9:7: error: a component needs exactly one place for its secret [component-secret]
                     9 | <redacted>
                  help: set secret-file or secret-environment
                isthmus.yaml:9:56: error: a secret does not stand in this file [secret-in-file]
                     9 | <redacted>
                  help: write it to a file that only the gateway can read; name that with secret-file
                """,
            mend: "put it into a file that only the gateway can read, and name that."
        ),
        Entry(
            "component-secret",
            "A component has no secret, or two, or one that is empty, longer than 4096 bytes or more than one line.",
            example: """
                isthmus.yaml:9:7: error: a component needs exactly one place for its secret [component-secret]
                     9 |     - {domain: example.net, connect: "127.0.0.1:5347"}
                       |       ^
                  help: set secret-file or secret-environment
                """,
            mend: """
                write `secret-file` or `secret-environment`, and there what the server has for the component, on one \
                line.
                """
        ),
        Entry(
            "component-twice",
            "Two components have one domain.",
            example: """
                isthmus.yaml:10:16: error: the component "example.net" is configured twice [component-twice]
                    10 |     - {domain: example.net, connect: "[::1]:1", secret-file: s}
                       |                ^~~~~~~~~~~
                  help: a server takes one connection for a component; remove one of the two
                """,
            mend: "leave one of them."
        ),
        Entry(
            "component-in-clear",
            "A warning: the secret and all stanzas of a component go to another machine unencrypted.",
            example: """
                isthmus.yaml:9:38: warning: stanzas to and from xmpp.example.com:5347 cross the network in clear [component-in-clear]
                     9 |     - {domain: example.net, connect: "xmpp.example.com:5347", secret-file: secret}
                       |                                      ^~~~~~~~~~~~~~~~~~~~~
                  help: run the gateway beside the server, or put the connection into a tunnel
                """,
            mend: "run the gateway beside the server, or through a tunnel."
        ),
        Entry(
            "domain-on-both-shores",
            "One domain cannot have users on both sides.",
            example: """
                isthmus.yaml:6:5: error: "example.net" is a domain of both shores [domain-on-both-shores]
                     6 |     example.net: {next-hop: "sip:127.0.0.1:5070"}
                       |     ^~~~~~~~~~~
                  help: a domain's users live on one shore; remove it from one of the two
                """,
            mend: "leave it where its users are."
        ),
        Entry(
            "domain-without-component",
            "Nothing leads users of the XMPP side to this domain.",
            example: """
                isthmus.yaml:7:5: warning: no component stands for "example.org", so XMPP users cannot write to it [domain-without-component]
                     7 |     example.org: {next-hop: "sip:127.0.0.1"}
                       |     ^~~~~~~~~~~
                  help: add a component with this domain under xmpp: components:, or the section xmpp: server:
                """,
            mend: """
                add a component for it, serve it by streams between servers, or give its users addresses at a \
                component by a row of the address table.
                """
        ),
        Entry(
            "unknown-domain",
            "An address may speak for a domain that is not declared.",
            example: """
                isthmus.yaml:13:38: error: "exmaple.net" is not a domain of the CPIM shore [unknown-domain]
                    13 |     - {address: 127.0.0.1, domains: [exmaple.net]}
                       |                                      ^~~~~~~~~~~
                  help: name it under domains: cpim: or remove it here
                """,
            mend: "declare the domain under `domains`, or correct its name."
        ),
        Entry(
            "listener-twice",
            "One address is listened on twice.",
            example: """
                isthmus.yaml:11:34: error: udp:127.0.0.1:5060 is there twice [listener-twice]
                    11 |   listen: ["udp:127.0.0.1:5060", "udp:127.0.0.1:5060"]
                       |                                  ^
                  help: remove one of the two
                """,
            mend: "leave one of them."
        ),
        Entry(
            "trusted-twice",
            "One address is declared twice, with different domains.",
            example: """
                isthmus.yaml:14:17: error: the address 127.0.0.1 is there twice [trusted-twice]
                    14 |     - {address: 127.0.0.1, domains: [example.net]}
                       |                 ^~~~~~~~~
                  help: write all its domains in one entry
                """,
            mend: "join the two."
        ),
        Entry(
            "udp-trust",
            "A warning: an address is believed over UDP, where anybody on the way can forge it.",
            example: """
                isthmus.yaml:13:17: warning: 192.0.2.1 is believed by its address alone, which anybody can forge over UDP [udp-trust]
                    13 |     - {address: 192.0.2.1, domains: [example.net]}
                       |                 ^~~~~~~~~
                  help: listen on tcp only, or keep strangers from this port
                """,
            mend: "use TLS, or name addresses of a network that you control."
        ),
        Entry(
            "limit-above-limit",
            "Two limits contradict each other.",
            example: """
                isthmus.yaml:14:23: error: first-pause is above longest-pause [limit-above-limit]
                    14 | limits: {first-pause: 2min}
                       |                       ^
                  help: lower first-pause or raise longest-pause
                """,
            mend: "raise the one or lower the other."
        ),
        Entry(
            "no-xmpp-link",
            "`xmpp:` has neither components nor a server.",
            example: """
                isthmus.yaml:7:7: error: nothing leads to XMPP servers [no-xmpp-link]
                     7 | xmpp: {}
                       |       ^
                  help: add components: for an existing server, or server: for streams to other servers
                """,
            mend: "add one."
        ),
    ]
}
